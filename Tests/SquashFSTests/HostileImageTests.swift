import Bytes
import Deflate
import FileTree
import SquashFS
import Testing

/// Images that lie: an error by name, within bounded time and memory.
@Suite struct HostileImageTests {
    /// Blocks as they are, so that bytes can be changed where they stand.
    private static let plain = BlockCompressor(.zlib) { { _ in nil } }

    /// Reads all there is, of each file a megabyte at the most, and returns what went wrong.
    @discardableResult
    private static func failure(_ bytes: [UInt8]) -> (any Error)? {
        do {
            let reader = try SquashFSReader(ByteArrayAccess(bytes))
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
            defer { buffer.deallocate() }
            var failure: StreamError?
            try reader.walk { (found, handle) throws(SquashFSError) in
                guard found.kind == .regular else { return }
                var source = try reader.contents(of: handle)
                var left = 16
                do throws(StreamError) {
                    while left > 0, try source.read(into: buffer) > 0 { left -= 1 }
                } catch { failure = error }
            }
            return failure
        } catch { return error }
    }

    /// A few files of every kind.
    private static func small(_ compressor: BlockCompressor) throws -> [UInt8] {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 1000))
        let xattrs = Image.metadata(xattrs: [("user.a", "value")])
        for name: ByteString in ["a/b/c", "a/d", "e"] {
            try builder.add(
                name, FileNode(kind: .regular, metadata: xattrs, contents: .bytes("text of " + name)))
        }
        let large = Image.text(9000, seed: 1)
        try builder.add(
            "f", FileNode(kind: .regular, metadata: Image.metadata(), contents: .bytes(ByteString(large))))
        try builder.add("g", FileNode(kind: .symbolicLink("a/d"), metadata: Image.metadata()))
        try builder.add("h", FileNode(kind: .fifo, metadata: Image.metadata()))
        let bytes = try Image.bytes(builder.freeze(), blockSize: 4096, compressor: compressor)
        try #require(failure(bytes) == nil)
        return bytes
    }

    @Test("An image that is cut short anywhere is an error", arguments: [true, false])
    func truncated(_ isCompressed: Bool) throws {
        let bytes = try Self.small(isCompressed ? .zlib : Self.plain)
        let used = Int(try SquashFSReader(ByteArrayAccess(bytes)).bytesUsed)
        for length in 0..<used { #expect(Self.failure(Array(bytes[..<length])) != nil, "\(length) bytes") }
    }

    @Test("No changed byte outside of the data crashes or hangs the reader", arguments: [true, false])
    func changed(_ isCompressed: Bool) throws {
        let bytes = try Self.small(isCompressed ? .zlib : Self.plain)
        let used = Int(try SquashFSReader(ByteArrayAccess(bytes)).bytesUsed)
        let tables = Int(bytes.little(UInt64.self, at: 64) ?? 0)
        for index in Array(0..<96) + Array(tables..<used) {
            for value in [0, 0xFF, bytes[index] ^ 1, bytes[index] ^ 0x80, bytes[index] &+ 1] {
                var changed = bytes
                changed[index] = value
                Self.failure(changed)
            }
        }
    }

    @Test("A directory inside itself is told by its path")
    func loop() throws {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 1000))
        try builder.add("a/b", FileNode(kind: .directory, metadata: Image.metadata()))
        var bytes = try Image.bytes(builder.freeze(), compressor: Self.plain)
        // The inodes of b, a and the root have 32 bytes each; a's listing comes first, of b alone.
        let listing = Int(bytes.little(UInt64.self, at: 72) ?? 0) + 2
        #expect(bytes[listing + 20] == 0x62)
        bytes.store(little: UInt16(32), at: listing + 12)
        bytes.store(little: UInt32(2), at: listing + 8)
        #expect(Self.failure(bytes) as? SquashFSError == .repeatedDirectory(path: "a/b"))
        bytes.store(little: UInt16(64), at: listing + 12)
        bytes.store(little: UInt32(3), at: listing + 8)
        #expect(Self.failure(bytes) as? SquashFSError == .repeatedDirectory(path: "a/b"))
    }

    @Test("Directories that share one listing come to an end")
    func sharedListing() throws {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 1000))
        for number in 0..<300 {
            try builder.add(
                ByteString("a/\(1000 + number)"), FileNode(kind: .fifo, metadata: Image.metadata()))
        }
        for number in 0..<10 {
            try builder.add(ByteString("b\(number)"), FileNode(kind: .directory, metadata: Image.metadata()))
        }
        var bytes = try Image.bytes(builder.freeze(), compressor: Self.plain)
        let inodes = Int(bytes.little(UInt64.self, at: 64) ?? 0) + 2
        // 300 pipes of 20 bytes each, then the inodes of the directories, a first.
        let a = inodes + 300 * 20
        for number in 1...10 { bytes.store(bytes[a + 16..<a + 28], at: a + number * 32 + 16) }
        #expect(
            Self.failure(bytes) as? SquashFSError == .limitExceeded(what: "bytes of directories", limit: 8192)
        )
    }

    @Test("Blocks that decode to more than they should are errors")
    func bombs() throws {
        let bomb = [UInt8](repeating: 0, count: 1 << 20)
        let compressor = BlockCompressor(.zlib) {
            let encoder = DeflateEncoder()
            return { input in
                input.count == 4096 ? bomb.withUnsafeBytes { ZlibStream.compress($0, with: encoder) } : nil
            }
        }
        let bytes = ByteString(Image.noise(4096, seed: 1))
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 1000))
        try builder.add("f", FileNode(kind: .regular, metadata: Image.metadata(), contents: .bytes(bytes)))
        let image = try Image.bytes(builder.freeze(), blockSize: 4096, compressor: compressor)
        guard case .corrupt(_, _, let reason)? = Self.failure(image) as? StreamError else {
            Issue.record("read as \(String(describing: Self.failure(image)))")
            return
        }
        #expect(reason.contains("more than 4096 bytes"), "\(reason)")
    }

    @Test("A file of more blocks than the inode table has room for is an error before any is read")
    func absurdSize() throws {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 1000))
        let metadata = Image.metadata(xattrs: [("user.a", "b")])
        try builder.add("f", FileNode(kind: .regular, metadata: metadata, contents: .bytes("text")))
        var bytes = try Image.bytes(builder.freeze(), compressor: Self.plain)
        let inode = Int(bytes.little(UInt64.self, at: 64) ?? 0) + 2
        #expect(bytes[inode] == 9)
        bytes.store(little: UInt64(1) << 60, at: inode + 24)
        guard case .invalid("inode table", _, let reason)? = Self.failure(bytes) as? SquashFSError else {
            Issue.record("read as \(String(describing: Self.failure(bytes)))")
            return
        }
        #expect(reason == "f has more blocks than there is room for")
    }

    @Test("What is no squashfs, or one of another kind, is told as such")
    func otherKinds() throws {
        var bytes = try Self.small(.zlib)
        #expect(Self.failure([UInt8](repeating: 0, count: 200)) as? SquashFSError == .badMagic)
        bytes.store(little: UInt16(3), at: 20)
        #expect(Self.failure(bytes) as? SquashFSError == .unsupported(what: "lzo compression"))
        bytes.store(little: UInt16(9), at: 20)
        #expect(Self.failure(bytes) as? SquashFSError == .unsupported(what: "compression number 9"))
        bytes.store(little: UInt16(3), at: 28)
        #expect(Self.failure(bytes) as? SquashFSError == .unsupported(what: "version 3.0"))
    }
}
