import Bytes
import Cpio
import FileTree
import Testing

@testable import Outputs

@Suite struct BlockBoundariesTests {
    private static func starts(_ files: [(ByteString, Int)]) throws -> [CpioEntryStart] {
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 0))
        for (path, size) in files {
            let metadata = FileMetadata(permissions: 0o644, modified: Timestamp(seconds: 0))
            let contents = FileContents.bytes(ByteString([UInt8](repeating: 7, count: size)))
            try builder.add(path, FileNode(kind: .regular, metadata: metadata, contents: contents))
        }
        var starts: [CpioEntryStart] = []
        var writer = CpioWriter(ByteArraySink()) { _, start in starts.append(start) }
        try writer.write(builder.freeze(), from: NoBlobs())
        return starts
    }

    /// The fingerprints of the entries that begin a block, and the sizes of the blocks.
    private static func blocks(_ starts: [CpioEntryStart]) -> (prints: [UInt64], sizes: [UInt64]) {
        var boundaries = BlockBoundaries(largest: 1 << 20)
        var prints: [UInt64] = []
        var sizes: [UInt64] = [0]
        for start in starts {
            if boundaries.endsBlock(before: start) {
                prints.append(start.fingerprint)
                sizes.append(0)
            }
            sizes[sizes.count - 1] += start.size
        }
        return (prints, sizes)
    }

    private static let files = (0..<800).map { (ByteString("f\(1000 + $0)"), ($0 * 7919) % 30_000) }

    @Test("Blocks of small files lie between the two limits")
    func sizes() throws {
        let blocks = Self.blocks(try Self.starts(Self.files))
        #expect(blocks.sizes.count > 10)
        #expect(blocks.sizes.dropLast().allSatisfy { $0 >= 256 << 10 })
        #expect(blocks.sizes.allSatisfy { $0 <= 1 << 20 })
    }

    @Test("A changed file moves few boundaries, and those near it")
    func edit() throws {
        let before = Self.blocks(try Self.starts(Self.files)).prints
        var files = Self.files
        files[300].1 += 12_345
        files.insert(("f1300b", 4000), at: 301)
        let after = Self.blocks(try Self.starts(files)).prints
        let moved = Set(before).symmetricDifference(after).count
        #expect(moved <= 8, "\(moved) of \(before.count)")
        #expect(before.last == after.last)
        #expect(before.first == after.first)
    }

    @Test("A large file begins a block, so that its blocks are its own")
    func largeFile() throws {
        let starts = try Self.starts([("a", 1000), ("b", 3 << 20), ("c", 10)])
        // Entries: root, a, b, c.
        #expect(Self.blocks(starts).prints == [starts[2].fingerprint])
    }
}
