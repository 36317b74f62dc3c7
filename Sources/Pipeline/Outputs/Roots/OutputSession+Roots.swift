internal import Assembly
internal import Bytes
internal import EROFS
internal import FileTree
internal import Host
internal import SquashFS

extension OutputSession {
    /// The root file system as EROFS.
    func rootEROFS(_ format: OutputFormat) throws -> ExtentMap {
        let tree = try rootTree(for: format.name, in: "EROFS", keeping: EROFSImage.storable)
        return try EROFSImage(tree: tree, stamp: stamp).extents
    }

    /// Writes the root file system as squashfs.
    func writeSquashFS(_ format: OutputFormat, _ suffix: String) throws -> WrittenFile {
        let tree = try rootTree(for: format.name, in: "squashfs", keeping: SquashFSWriter.storable)
        var squashFS = SquashFSOptions(stamp: stamp)
        squashFS.jobs = options.jobs
        if let library = options.squashFSCompression, library != .gzip {
            squashFS.compressor = library.compressor(blockSize: squashFS.blockSize)
        } else {
            let own = options.squashFSCompression == .gzip ? .gzip : try squashFSCompression(format)
            squashFS.compressor = own.squashFS.compressor
            squashFS.cache = own.squashFS.form.flatMap(blockCache)
        }
        let writer = SquashFSWriter(squashFS)
        return try writeFileOutOfOrder(path(suffix)) { try writer.write(tree, from: store, to: $0) }
    }
}
