import Bytes
import Digests
import FileTree
import ISO9660
import TestSupport

/// Images that tests make.
enum Image {
    static func options(joliet: Bool = true) -> ISO9660Options {
        var options = ISO9660Options(volumeID: "TEST", stamp: BuildStamp())
        options.joliet = joliet
        return options
    }

    static func bytes(
        _ tree: FileTree, _ store: some BlobStore = CorpusStore(), _ options: ISO9660Options = options()
    ) throws -> [UInt8] {
        var sink = ByteArraySink()
        try ISO9660Image(tree: tree, options: options).extents.write(to: &sink, from: store)
        return sink.bytes
    }

    static func metadata(_ permissions: UInt16 = 0o644, seconds: Int64 = 1_500_000_000) -> FileMetadata {
        FileMetadata(permissions: permissions, modified: Timestamp(seconds: seconds))
    }

    static func file(_ contents: ByteString = "contents", _ permissions: UInt16 = 0o644) -> FileNode {
        FileNode(kind: .regular, metadata: metadata(permissions), contents: .bytes(contents))
    }

    static func tree(_ files: [(ByteString, FileNode)]) throws -> FileTree {
        var builder = FileTree.Builder(stamp: BuildStamp().time)
        for (path, node) in files { try builder.add(path, node) }
        return builder.freeze()
    }

    /// All that a reader finds, contents read.
    static func found(
        _ bytes: [UInt8], _ view: ISO9660View? = nil
    ) throws(ISO9660Error) -> [(file: FoundFile, contents: [UInt8])] {
        let reader = try ISO9660Reader(ByteArrayAccess(bytes), view: view)
        _ = try reader.bootImages()
        var found: [(file: FoundFile, contents: [UInt8])] = []
        try reader.walk { (file, handle) throws(ISO9660Error) in
            var source = try reader.contents(of: handle)
            let contents: [UInt8]
            do throws(StreamError) { contents = try source.readAll(limit: 1 << 24, of: "a file") } catch {
                throw .stream(error)
            }
            found.append((file, contents))
        }
        return found
    }
}
