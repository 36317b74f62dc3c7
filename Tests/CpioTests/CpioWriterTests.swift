import Bytes
import Cpio
import Digests
import FileTree
import Testing

@Suite struct CpioWriterTests {
    @Test("An entry's bytes are the fields in the specification's order")
    func bytes() throws {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 0x5F))
        let metadata = FileMetadata(
            permissions: 0o4755, uid: 10, gid: 0xFFFF_FFFE, modified: Timestamp(seconds: 1, nanoseconds: 9))
        try builder.add("ab", FileNode(kind: .regular, metadata: metadata, contents: .bytes("hello")))
        let zero = "00000000"
        let root = ["070701", zero, "000041ED", zero, zero, "00000001", "0000005F", zero]
        let file = ["070701", zero, "000089ED", "0000000A", "FFFFFFFE", "00000001", "00000001", "00000005"]
        let end = ["070701", zero, zero, zero, zero, "00000001", zero, zero]
        let tail = [zero, zero, zero, zero]
        var expected = (root + tail + ["00000002", zero, ".\0"]).joined()
        expected += (file + tail + ["00000003", zero, "ab\0\0\0\0", "hello\0\0\0"].map { $0 }).joined()
        expected += (end + tail + ["0000000B", zero, "TRAILER!!!\0\0\0\0"]).joined()
        let archive = try Archive.bytes(builder.freeze())
        #expect(String(decoding: archive.prefix(expected.utf8.count), as: UTF8.self) == expected)
        #expect(archive.count == 512)
        #expect(archive.dropFirst(expected.utf8.count).allSatisfy { $0 == 0 })
    }

    @Test("Every kind of file comes back from our own reader, links with one identity, data first")
    func roundTrip() throws {
        let members = try Archive.members(Archive.bytes(Archive.sample()))
        #expect(
            members.map(\.0.name.text) == [
                ".", "./TRAILER!!!", "block", "char", "dir", "dir/hard1", "fifo", "hard0", "link", "link2",
                "socket",
                "z-hard2",
            ])
        let byName = Dictionary(uniqueKeysWithValues: members.map { ($0.0.name.text, $0) })
        let group = ["dir/hard1", "hard0", "z-hard2"].compactMap { byName[$0] }
        #expect(group.map(\.0.linkCount) == [3, 3, 3])
        #expect(group.map { $0.1.count } == [7, 0, 0])
        #expect(Set(group.map { [$0.0.inode, $0.0.deviceMajor, $0.0.deviceMinor] }).count == 1)
        #expect(group.first.map { $0.0.inode != 0 } == true)
        let others = members.map(\.0).filter { $0.linkCount == 1 }
        #expect(others.allSatisfy { $0.inode == 0 && $0.deviceMajor == 0 && $0.deviceMinor == 0 })
        #expect(byName["link"].map { String(decoding: $0.1, as: UTF8.self) } == "dir/hard1")
        // The kernel knows no hard links of symbolic links.
        #expect(byName["link2"].map { String(decoding: $0.1, as: UTF8.self) } == "dir/hard1")
        #expect(byName["char"]?.0.representedMinor == 3)
    }

    @Test("The identity of links depends on path, metadata and contents, and on nothing else")
    func identity() throws {
        func inode(_ path: ByteString, _ permissions: UInt16, _ text: ByteString, other: Bool = false) throws
            -> UInt32
        {
            var builder = FileTree.Builder(stamp: Timestamp(seconds: 0))
            if other { try builder.add("0", FileNode(kind: .fifo, metadata: Archive.metadata(0o600))) }
            try builder.add(
                path,
                FileNode(kind: .regular, metadata: Archive.metadata(permissions), contents: .bytes(text)))
            try builder.addHardLink("zz", to: path)
            let members = try Archive.members(Archive.bytes(builder.freeze()))
            return members.last?.0.inode ?? 0
        }
        let base = try inode("a", 0o644, "text")
        #expect(try inode("a", 0o644, "text", other: true) == base)
        let changed = [
            try inode("b", 0o644, "text"), try inode("a", 0o600, "text"), try inode("a", 0o644, "next"),
        ]
        #expect(!changed.contains(base))
    }

    @Test("Times outside 32 bits are clamped")
    func times() throws {
        for (seconds, expected): (Int64, UInt32) in [(-5, 0), (1 << 40, .max), (0xFFFF_FFFF, .max)] {
            var builder = FileTree.Builder(stamp: Timestamp(seconds: 0))
            let metadata = FileMetadata(
                permissions: 0o600, modified: Timestamp(seconds: seconds, nanoseconds: 5))
            try builder.add("f", FileNode(kind: .fifo, metadata: metadata))
            #expect(try Archive.members(Archive.bytes(builder.freeze()))[1].0.modified == expected)
        }
    }

    @Test("What newc or the kernel can't take is refused by path")
    func refused() throws {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 0))
        let digest = SHA256Digest(hashing: "")
        let huge = FileContents.blob(digest: digest, offset: 0, length: 1 << 32, contentDigest: digest)
        try builder.add("big", FileNode(kind: .regular, metadata: Archive.metadata(0o644), contents: huge))
        let big = builder.freeze()
        #expect(throws: CpioError.fileTooLarge(path: "big", size: 1 << 32)) { try Archive.bytes(big) }
        builder = FileTree.Builder(stamp: Timestamp(seconds: 0))
        let kind = FileKind.characterDevice(major: 4096, minor: 0)
        try builder.add("dev", FileNode(kind: kind, metadata: Archive.metadata(0o644)))
        let device = builder.freeze()
        #expect(throws: CpioError.deviceOutOfRange(path: "dev")) { try Archive.bytes(device) }
    }

    @Test("Contents that the store cuts short are refused")
    func shortContents() throws {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 0))
        let digest = SHA256Digest(hashing: "")
        let contents = FileContents.blob(digest: digest, offset: 0, length: 9, contentDigest: digest)
        try builder.add("f", FileNode(kind: .regular, metadata: Archive.metadata(0o644), contents: contents))
        let tree = builder.freeze()
        let error = CpioError.stream(.unexpectedEnd(of: "blob \(digest)", offset: 0))
        #expect(throws: error) { try Archive.bytes(tree) }
    }

    @Test("What is lost is told by path, once a file")
    func losses() throws {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 0))
        var metadata = Archive.metadata(0o755)
        metadata.xattrs = [ExtendedAttribute(name: "security.capability", value: "c")]
        try builder.add("bin/ping", FileNode(kind: .regular, metadata: metadata))
        try builder.addHardLink("bin/ping6", to: "bin/ping")
        let losses = CpioLoss.losses(of: builder.freeze())
        #expect(losses == [CpioLoss(path: "bin/ping", attributes: ["security.capability"])])
    }

    @Test("The sink is told of each entry before it, with its size and a print of path and contents")
    func boundaries() throws {
        var starts: [(UInt64, CpioEntryStart)] = []
        var writer = CpioWriter(ByteArraySink()) { sink, start in
            starts.append((UInt64(sink.bytes.count), start))
        }
        let tree = try Archive.sample()
        try writer.write(tree, from: Archive.Store())
        _ = try writer.finish()
        #expect(starts.count == tree.count)
        for (left, right) in zip(starts, starts.dropFirst()) { #expect(left.0 + left.1.size == right.0) }
        #expect(Set(starts.map(\.1.fingerprint)).count == starts.count)
    }
}
