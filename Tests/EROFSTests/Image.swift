import Bytes
import Digests
import EROFS
import FileTree
import TestSupport

/// Images made for tests, and read back.
enum Image {
    static let stamp = BuildStamp()

    static func metadata(
        _ permissions: UInt16 = 0o644, uid: UInt32 = 0, gid: UInt32 = 0,
        time: Timestamp = Timestamp(seconds: BuildStamp.defaultEpoch), xattrs: [ExtendedAttribute] = []
    ) -> FileMetadata {
        FileMetadata(permissions: permissions, uid: uid, gid: gid, modified: time, xattrs: xattrs)
    }

    static func file(_ contents: FileContents, _ metadata: FileMetadata = metadata()) -> FileNode {
        FileNode(kind: .regular, metadata: metadata, contents: contents)
    }

    static func tree(_ fill: (inout FileTree.Builder) throws -> Void) rethrows -> FileTree {
        var builder = FileTree.Builder(stamp: stamp.time)
        try fill(&builder)
        return builder.freeze()
    }

    static func bytes(_ tree: FileTree, _ store: CorpusStore = CorpusStore()) throws -> [UInt8] {
        var sink = ByteArraySink()
        try EROFSImage(tree: tree, stamp: stamp).extents.write(to: &sink, from: store)
        return sink.bytes
    }

    struct Listed {
        var file: FoundFile
        var contents: [UInt8]
    }

    /// All that a reader finds, contents up to `limit` bytes each.
    static func list(_ bytes: [UInt8], limit: Int = 1 << 20) throws -> [Listed] {
        let reader = try EROFSReader(ByteArrayAccess(bytes))
        var listed: [Listed] = []
        try reader.walk { (file, handle) throws(EROFSError) in
            var source = try reader.contents(of: handle)
            do throws(StreamError) {
                listed.append(Listed(file: file, contents: try source.readAll(limit: limit, of: "a file")))
            } catch { throw .stream(error) }
        }
        return listed
    }

    /// Sets the checksum anew, so that a reader sees what was changed.
    static func seal(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 4096 else { return bytes }
        var bytes = bytes
        var register: UInt32 = .max
        for index in 1024..<4096 {
            let byte = (1028..<1032).contains(index) ? 0 : bytes[index]
            register ^= UInt32(byte)
            for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ 0x82f6_3b78 : register >> 1 }
        }
        bytes.store(little: register, at: 1028)
        return bytes
    }
}
