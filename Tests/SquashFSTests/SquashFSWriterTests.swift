import Bytes
import Digests
import FileTree
import TestSupport
import Testing

@testable import SquashFS

@Suite struct SquashFSWriterTests {
    private static func tree(_ files: [(ByteString, FileContents)]) throws -> FileTree {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 1000))
        for (path, contents) in files {
            try builder.add(
                path, FileNode(kind: .regular, metadata: Image.metadata(), contents: contents))
        }
        return builder.freeze()
    }

    @Test("The bytes of an image are the structures in their order")
    func bytes() throws {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 5))
        let metadata = FileMetadata(
            permissions: 0o4755, uid: 10, gid: 11, modified: Timestamp(seconds: 7, nanoseconds: 9))
        try builder.add("ab", FileNode(kind: .regular, metadata: metadata, contents: .bytes("hello")))
        let plain = BlockCompressor(.zlib) { { _ in nil } }
        let image = try Image.bytes(builder.freeze(), compressor: plain)
        let superblock = """
            68737173 02000000 083ff658 00000200 01000000 0100 1100 c000 0300 0400 0000
            2000000000000000 0901000000000000 0101000000000000 ffffffffffffffff
            6500000000000000 a700000000000000 d100000000000000 eb00000000000000
            """
        let data = "68656c6c6f"
        let inodes = """
            4080 0200ed09 01000200 07000000 01000000 00000000 00000000 00000000 05000000
            0100ed01 00000000 05000000 02000000 00000000 02000000 1900 0000 03000000
            """
        let directories = "1680 00000000 00000000 01000000 0000 0000 0200 0100 6162"
        let fragments = "1080 6000000000000000 05000001 00000000 bf00000000000000"
        let exports = "1080 0000000000000000 2000000000000000 d900000000000000"
        let ids = "0c80 00000000 0a000000 0b000000 f300000000000000"
        let hex = [superblock, data, inodes, directories, fragments, exports, ids].joined()
            .filter(\.isHexDigit)
        let found = image.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        #expect(found.hasPrefix(hex), "\(found.prefix(hex.count))\n\(hex)")
        #expect(image.count == 4096)
        #expect(image.dropFirst(hex.count / 2).allSatisfy { $0 == 0 })
    }

    @Test("Equal files share their blocks, holes take no room")
    func sharing() throws {
        let noise = ByteString(Image.noise(500_000, seed: 1))
        let once = try Image.bytes(Self.tree([("a", .bytes(noise))]))
        let thrice = try Image.bytes(
            Self.tree([("a", .bytes(noise)), ("b/c", .bytes(noise)), ("d", .bytes(noise))]))
        #expect(thrice.count <= once.count + 4096)
        var store = CorpusStore()
        let holes = store.add(
            MadeBytes(count: 8 << 20, islands: [0..<10]), contentDigest: SHA256Digest(hashing: "holes"))
        #expect(try Image.bytes(Self.tree([("holes", holes)]), store).count == 4096)
    }

    @Test("What squashfs can't hold is an error by path, before anything is written")
    func refused() throws {
        func expect(_ error: SquashFSError, _ kind: FileKind, _ metadata: FileMetadata) throws {
            var builder = FileTree.Builder(stamp: Timestamp(seconds: 0))
            try builder.add("d/file", FileNode(kind: kind, metadata: metadata))
            let tree = builder.freeze()
            let writer = SquashFSWriter(SquashFSOptions(stamp: BuildStamp()))
            #expect(throws: error) { try writer.check(tree) }
            #expect(throws: error) { try Image.bytes(tree) }
        }
        let list: ByteString = "system.posix_acl_access"
        try expect(
            .unsupportedAttribute(path: "d/file", name: list), .regular,
            Image.metadata(xattrs: [(list, "x")]))
        try expect(
            .attributeTooLarge(path: "d/file", name: "user.large", size: 65_537), .regular,
            Image.metadata(xattrs: [("user.large", ByteString([UInt8](repeating: 0, count: 65_537)))]))
        let largest = ExtendedAttribute(
            name: "trusted.a", value: ByteString([UInt8](repeating: 0, count: 65_536)))
        let storable = SquashFSWriter.storable([
            largest, ExtendedAttribute(name: list, value: "x"),
            ExtendedAttribute(name: "user.large", value: largest.value + "x"),
            ExtendedAttribute(name: "com.apple.provenance", value: "x"),
        ])
        #expect(storable == [largest])
        for (major, minor): (UInt32, UInt32) in [(4096, 0), (0, 1 << 20)] {
            try expect(
                .deviceOutOfRange(path: "d/file"), .characterDevice(major: major, minor: minor),
                Image.metadata())
        }
        for size in [0, 2048, 5000, 2 << 20] {
            #expect(throws: SquashFSError.invalidBlockSize(size)) {
                try Image.bytes(Self.tree([]), blockSize: size)
            }
        }
    }

    @Test("65,535 owners fit, one more is named")
    func owners() throws {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 0))
        for id in 1..<UInt32(65_535) {
            try builder.add(
                ByteString("\(100_000 + id)"), FileNode(kind: .fifo, metadata: Image.metadata(uid: id)))
        }
        let full = builder.freeze()
        let writer = SquashFSWriter(SquashFSOptions(stamp: BuildStamp()))
        try writer.check(full)
        try builder.add(
            "z", FileNode(kind: .fifo, metadata: Image.metadata(uid: 65_534, gid: 65_535)))
        let beyond = builder.freeze()
        #expect(throws: SquashFSError.tooManyIDs(path: "z")) { try writer.check(beyond) }
    }

    @Test("The export table leads to every inode, and every directory to its parent")
    func exports() throws {
        let (tree, store) = try Image.sample()
        let image = try ImageAccess(ByteArrayAccess(Image.bytes(tree, store)))
        let superblock = image.superblock
        #expect(Int(superblock.inodes) == tree.nodes.count)
        var parents: [UInt32: UInt32] = [:]
        for number in 0..<superblock.inodes {
            let record = try LookupTable.record(
                number, of: superblock.inodes, size: 8, at: superblock.lookupTableStart, "export table",
                in: image)
            let reference = try #require(InodeReference(packed: record.u64(0)))
            let inode = try Inode.read(
                MetadataCursor(
                    image, reference, tableStart: superblock.inodeTableStart,
                    tableEnd: superblock.directoryTableStart, "inode table")
            ).inode
            #expect(inode.number == number + 1)
            if case .directory(let body) = inode.body { parents[inode.number] = body.parent }
        }
        let plan = try TreePlan(tree)
        for entry in tree where entry.node.kind == .directory {
            let parent = tree.parent(of: entry.index).map { plan.numbers[Int(plan.nodes[$0])] }
            #expect(parents[plan.numbers[entry.nodeIndex]] == parent ?? superblock.inodes + 1)
        }
    }

    @Test("A store that fails or cuts contents short is an error")
    func shortContents() throws {
        let digest = SHA256Digest(hashing: "none")
        let contents = FileContents.blob(digest: digest, offset: 0, length: 9, contentDigest: digest)
        let tree = try Self.tree([("f", contents)])
        #expect(throws: SquashFSError.stream(.unexpectedEnd(of: "blob \(digest)", offset: 0))) {
            try Image.bytes(tree)
        }
    }

    @Test("Times outside 32 bits are clamped")
    func times() throws {
        for (seconds, expected): (Int64, Int64) in [(-5, 0), (1 << 40, 0xFFFF_FFFF)] {
            var builder = FileTree.Builder(stamp: Timestamp(seconds: seconds))
            try builder.add(
                "f",
                FileNode(
                    kind: .fifo,
                    metadata: FileMetadata(permissions: 0, modified: Timestamp(seconds: seconds))))
            let options = SquashFSOptions(stamp: BuildStamp(epoch: seconds))
            let image = try SquashFSWriter(options).write(
                builder.freeze(), from: Image.Store(), to: ByteArraySink()
            ).bytes
            let reader = try SquashFSReader(ByteArrayAccess(image))
            #expect(reader.created.seconds == expected)
            try reader.walk { found, _ in #expect(found.metadata.modified.seconds == expected) }
        }
    }
}
