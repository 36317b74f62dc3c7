import Bytes
import EROFS
import FileTree
import Host
import ISO9660
import Identikit

/// `root FORMAT DIRECTORY OUTPUT`: a directory as a file system image, like mkfs.erofs and genisoimage.
enum RootBenchmark {
    static func run(format: String, directory: String, output: String) throws {
        let source = try DirectoryTree(reading: directory)
        let tree = source.tree
        let stamp = BuildStamp()
        let extents: ExtentMap
        switch format {
        case "erofs": extents = try EROFSImage(tree: tree, stamp: stamp).extents
        case "iso":
            extents = try ISO9660Image(tree: tree, options: ISO9660Options(volumeID: "ROOT", stamp: stamp))
                .extents
        default: throw UnknownFormat(name: format)
        }
        var sink = BufferedSink(try AtomicFile(path: output))
        try extents.write(to: &sink, from: source.store)
        try sink.finish().commit()
    }

    private struct UnknownFormat: Error { let name: String }
}
