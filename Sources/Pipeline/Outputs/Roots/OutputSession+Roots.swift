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
        squashFS.compressor = options.squashFSCompression.compressor(blockSize: squashFS.blockSize)
        if options.squashFSCompression == .gzip {
            squashFS.cache = blockCache(form: "zlib stream")
        }
        let writer = SquashFSWriter(squashFS)
        return try writeFileOutOfOrder(path(suffix)) { try writer.write(tree, from: store, to: $0) }
    }
}
