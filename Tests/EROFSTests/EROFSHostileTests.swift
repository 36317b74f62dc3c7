import Bytes
import EROFS
import FileTree
import TestSupport
import Testing

/// Images that somebody damaged, or made to do damage.
@Suite struct EROFSHostileTests {
    /// Small, with something of everything that a reader follows.
    private static func sample() throws -> [UInt8] {
        let attribute = ExtendedAttribute(name: "user.shared", value: "value")
        let own = ExtendedAttribute(name: "user.own", value: "value")
        return try Image.bytes(
            Image.tree {
                try $0.add("dir/file", Image.file(.bytes("inline")))
                try $0.add("dir/link", FileNode(kind: .symbolicLink("target"), metadata: Image.metadata()))
                let large = ByteString(Noise.bytes(seed: 1, count: 5000))
                try $0.add("large", Image.file(.bytes(large), Image.metadata(xattrs: [own, attribute])))
                try $0.add(
                    "other",
                    FileNode(kind: .fifo, metadata: Image.metadata(uid: 1 << 20, xattrs: [attribute])))
            })
    }

    private static func error(_ bytes: [UInt8]) -> EROFSError? {
        do { _ = try Image.list(bytes) } catch { return error as? EROFSError }
        return nil
    }

    /// What a reader says after a change; `change` gets the offsets of inodes by path.
    private static func error(_ change: (inout [UInt8], [ByteString: Int]) -> Void) throws -> EROFSError? {
        var bytes = try sample()
        var offsets: [ByteString: Int] = [:]
        for found in try Image.list(bytes) { offsets[found.file.path] = Int(found.file.fileNumber) * 32 }
        change(&bytes, offsets)
        return error(Image.seal(bytes))
    }

    @Test("An image cut off anywhere is refused, also where the superblock says that it ends there")
    func truncated() throws {
        let bytes = try Self.sample()
        #expect(Self.error(bytes) == nil)
        for length in 0..<bytes.count {
            #expect(Self.error(Array(bytes[..<length])) != nil, "\(length)")
        }
        for length in stride(from: 4096, to: bytes.count, by: 7) {
            var cut = Array(bytes[..<length])
            cut.store(little: UInt32(1), at: 1024 + 36)
            #expect(Self.error(Image.seal(cut)) != nil, "\(length)")
        }
    }

    @Test("A superblock that is none, is damaged or asks for what we don't know is refused by name")
    func superblock() throws {
        #expect(try Self.error { bytes, _ in bytes[1024] = 0 } == .badMagic)
        var bytes = try Self.sample()
        bytes[1100] ^= 1
        guard case .badChecksum = Self.error(bytes) else {
            Issue.record("a wrong checksum is not seen")
            return
        }
        let flags = try Self.error { bytes, _ in bytes[1024 + 81] = 1 }
        #expect(flags == .unsupported(feature: "feature 0x100", offset: 1104))
        let devices = try Self.error { bytes, _ in bytes[1024 + 86] = 1 }
        #expect(devices == .unsupported(feature: "further devices", offset: 1110))
        for bits: UInt8 in [0, 8, 17, 63, 255] {
            let error = try Self.error { bytes, _ in bytes[1024 + 12] = bits }
            #expect(
                error == .corrupt(what: "the superblock", offset: 1036, reason: "2^\(bits) bytes a block"))
        }
    }

    @Test("Loops and overlaps of directories end with an error")
    func loops() throws {
        let loop = try Self.error { bytes, offsets in
            // The root's entry for `dir` leads to the root.
            guard let root = offsets[""], let dir = offsets["dir"] else { return }
            for entry in stride(from: root + 32, to: root + 32 + 60, by: 12)
            where bytes.little(UInt64.self, at: entry) == UInt64(dir / 32) {
                bytes.store(little: UInt64(root / 32), at: entry)
            }
        }
        guard case .corrupt("a directory", _, "it has a second name, perhaps a loop") = loop else {
            Issue.record("\(String(describing: loop))")
            return
        }
    }

    @Test("Absurd sizes, counts and addresses are refused before anything is allocated")
    func absurd() throws {
        func refuses(
            _ path: ByteString, _ text: String, _ change: (inout [UInt8], Int) -> Void,
            _ location: SourceLocation = #_sourceLocation
        ) throws {
            let error = try Self.error { bytes, offsets in
                if let offset = offsets[path] { change(&bytes, offset) }
            }
            let message = error.map { "\($0)" } ?? "no error"
            #expect(message.contains(text), "\(message)", sourceLocation: location)
        }
        try refuses("dir", "exceed the image") { $0.store(little: UInt32.max, at: $1 + 8) }
        try refuses("dir/link", "a target of 4096 bytes") { $0.store(little: UInt32(4096), at: $1 + 8) }
        try refuses("dir/link", "empty target") { $0.store(little: UInt32(0), at: $1 + 8) }
        try refuses("dir/file", "beyond its block") { $0.store(little: UInt32(4090), at: $1 + 8) }
        try refuses("large", "extends to byte") { $0.store(little: UInt32.max, at: $1 + 16) }
        try refuses("large", "extends to byte") { $0.store(little: UInt32.max, at: $1 + 8) }
        try refuses("large", "inode format") { $0[$1] = 0xFF }
        try refuses("large", "inode format") { $0[$1] = 5 << 1 }
        try refuses("large", "another type") { $0.store(little: UInt16(0o010644), at: $1 + 4) }
        try refuses("large", "extends to byte") { $0.store(little: UInt16.max, at: $1 + 2) }
        try refuses("large", "200 shared ones") { $0[$1 + 32 + 4] = 200 }
        try refuses("large", "extends to byte") { $0.store(little: UInt32.max, at: $1 + 32 + 12) }
        try refuses("large", "beyond its inode") { $0[$1 + 32 + 16] = 255 }
        try refuses("large", "name space 9") { $0[$1 + 32 + 17] = 9 }
        try refuses("other", "nanoseconds") { $0.store(little: UInt32.max, at: $1 + 40) }
        try refuses("dir", "no names") { $0.store(little: UInt16(13), at: $1 + 32 + 8) }
        try refuses("dir", "no names") { $0.store(little: UInt16(0xFFF0), at: $1 + 32 + 8) }
        try refuses("dir", "beyond its block") { $0.store(little: UInt16(0), at: $1 + 32 + 12 + 8) }
        try refuses("dir", "extends to byte") { $0.store(little: UInt64.max, at: $1 + 32 + 24) }
        try refuses("dir", "a slash") { $0[$1 + 32 + 48 + 3] = 0x2F }
        try refuses("dir", "out of order") { $0[$1 + 32 + 48 + 3] = 0x7A }
        // Chunks, of which none are there.
        try refuses("large", "the chunks of inode") {
            $0[$1] = 4 << 1
            $0.store(little: UInt32(0), at: $1 + 16)
            $0.store(little: UInt32.max, at: $1 + 8)
        }
    }

    @Test("Damaged anywhere, an image is read or refused, and that soon")
    func flipped() throws {
        let sample = try Self.sample()
        var state: UInt64 = 0x5EED
        for round in 0..<1500 {
            var bytes = sample
            for _ in 0...round % 3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let place = 1024 + Int(state >> 33) % (bytes.count - 1024)
                bytes[place] = UInt8(truncatingIfNeeded: state >> 20)
            }
            _ = Self.error(Image.seal(bytes))
        }
    }
}
