import Bytes
import Digests
import FileTree

/// A small tree with every kind of file: what images are made of.
enum SampleTree {
    /// All contents are in the tree itself.
    struct Store: BlobStore {
        func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes { ByteArrayAccess([]) }
    }

    static let stamp = BuildStamp()

    static func metadata(_ permissions: UInt16, xattrs: [ExtendedAttribute] = []) -> FileMetadata {
        FileMetadata(
            permissions: permissions, uid: UInt32(permissions) & 7, gid: 5,
            modified: Timestamp(seconds: 1_500_000_000, nanoseconds: 5), xattrs: xattrs)
    }

    static func file(_ contents: [UInt8], _ permissions: UInt16 = 0o644) -> FileNode {
        FileNode(
            kind: .regular, metadata: metadata(permissions), contents: .bytes(ByteString(contents)))
    }

    static var directory: FileNode { FileNode(kind: .directory, metadata: metadata(0o755)) }

    /// Directories and plain files, short and long names: what every file system can hold.
    static func plain() throws -> FileTree {
        var builder = FileTree.Builder(stamp: stamp.time)
        try addPlainFiles(&builder)
        return builder.freeze()
    }

    /// Links, devices and attributes besides.
    static func whole() throws -> FileTree {
        var builder = FileTree.Builder(stamp: stamp.time)
        try addPlainFiles(&builder)
        try builder.addHardLink("usr/another", to: "usr/some file with a long name.text")
        try builder.addHardLink("hard", to: "usr/some file with a long name.text")
        try builder.add("link", FileNode(kind: .symbolicLink("usr/bin"), metadata: metadata(0o777)))
        let far = ByteString(Array(repeating: Array("far/".utf8), count: 70).joined())
        try builder.add("far", FileNode(kind: .symbolicLink(far), metadata: metadata(0o777)))
        try builder.add(
            "null", FileNode(kind: .characterDevice(major: 1, minor: 3), metadata: metadata(0o666)))
        try builder.add(
            "loop", FileNode(kind: .blockDevice(major: 7, minor: 300), metadata: metadata(0o660)))
        try builder.add("fifo", FileNode(kind: .fifo, metadata: metadata(0o600)))
        try builder.add("socket", FileNode(kind: .socket, metadata: metadata(0o600)))
        let attributes = [
            ExtendedAttribute(
                name: "security.capability",
                value: ByteString([1, 0, 0, 2, 0, 0x20, 0, 0] + [UInt8](repeating: 0, count: 12))),
            ExtendedAttribute(name: "trusted.overlay.opaque", value: "y"),
            ExtendedAttribute(name: "user.long", value: ByteString([UInt8](repeating: 0x61, count: 300))),
        ]
        for name in ["ping", "pong"] {
            var node = file(Array("one of \(name)".utf8), 0o4755)
            node.metadata.xattrs = attributes
            try builder.add(ByteString("usr/bin/\(name)"), node)
        }
        return builder.freeze()
    }

    private static func addPlainFiles(_ builder: inout FileTree.Builder) throws {
        try builder.add("usr", directory)
        try builder.add("usr/bin", directory)
        try builder.add("empty folder", directory)
        try builder.add("EMPTY", file([]))
        try builder.add("usr/some file with a long name.text", file(Array("some text\n".utf8)))
        try builder.add("usr/bin/tool", file(words(1500), 0o755))
        try builder.add("usr/bin/tool2", file(words(1500) + words(4300), 0o755))
        try builder.add("zeros", file([UInt8](repeating: 0, count: 9000)))
        try builder.add("a/b/c/d/e/f/g/h/i/deep", file(Array("deep".utf8)))
        for number in 0..<12 { try builder.add(ByteString("many/file \(number)"), file(words(number * 9))) }
        try builder.add(ByteString([UInt8](repeating: 0x6E, count: 200)), file([1]))
    }

    /// Text that compresses somewhat.
    static func words(_ count: Int) -> [UInt8] {
        var generator = Generator(seed: UInt64(count))
        var text: [UInt8] = []
        while text.count < count { text += Array("\(generator.next() >> 52) ".utf8) }
        return Array(text.prefix(count))
    }
}
