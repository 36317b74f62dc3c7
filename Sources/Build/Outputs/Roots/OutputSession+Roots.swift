internal import Assembly
internal import Bytes
internal import EROFS
internal import FileTree
internal import Host
internal import SquashFS

extension OutputSession {
    /// The root file system as EROFS.
    func rootEROFS() throws -> ExtentMap { try EROFSImage(tree: try rootTree(), stamp: stamp).extents }

    /// Writes the root file system as squashfs.
    func writeSquashFS(_ tree: FileTree, _ suffix: String) throws -> WrittenFile {
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
