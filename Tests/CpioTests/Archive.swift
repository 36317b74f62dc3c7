import Bytes
import Cpio
import Digests
import FileTree

enum Archive {
    struct Store: BlobStore {
        func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes { ByteArrayAccess([]) }
    }

    static func metadata(_ permissions: UInt16, uid: UInt32 = 0) -> FileMetadata {
        FileMetadata(permissions: permissions, uid: uid, modified: Timestamp(seconds: 1_500_000_000))
    }

    static func bytes(_ tree: FileTree) throws(CpioError) -> [UInt8] {
        var writer = CpioWriter(ByteArraySink())
        try writer.write(tree, from: Store())
        return try writer.finish().bytes
    }

    static func members(_ bytes: [UInt8]) throws(CpioError) -> [(NewcHeader, [UInt8])] {
        var reader = CpioReader(ByteArraySource(bytes))
        var members: [(NewcHeader, [UInt8])] = []
        while let member = try reader.next() {
            members.append((member.header, try reader.readData(limit: 1 << 20)))
        }
        return members
    }

    /// Every kind of file, hard links and the name that would end the archive.
    static func sample() throws(FileTreeError) -> FileTree {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 1000))
        try builder.add("dir", FileNode(kind: .directory, metadata: metadata(0o1777)))
        try builder.add(
            "hard0", FileNode(kind: .regular, metadata: metadata(0o4711), contents: .bytes("content")))
        try builder.addHardLink("dir/hard1", to: "hard0")
        try builder.addHardLink("z-hard2", to: "hard0")
        try builder.add("link", FileNode(kind: .symbolicLink("dir/hard1"), metadata: metadata(0o777)))
        try builder.addHardLink("link2", to: "link")
        try builder.add(
            "char", FileNode(kind: .characterDevice(major: 1, minor: 3), metadata: metadata(0o666)))
        try builder.add(
            "block", FileNode(kind: .blockDevice(major: 7, minor: 300), metadata: metadata(0o660)))
        try builder.add("fifo", FileNode(kind: .fifo, metadata: metadata(0o600)))
        try builder.add("socket", FileNode(kind: .socket, metadata: metadata(0o600)))
        try builder.add(
            "TRAILER!!!", FileNode(kind: .regular, metadata: metadata(0o644), contents: .bytes("not the end"))
        )
        return builder.freeze()
    }
}
