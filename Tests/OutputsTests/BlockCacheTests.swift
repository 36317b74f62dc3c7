import Bytes
import Deflate
import Host
import TestSupport
import Testing

@testable import Outputs

@Suite struct BlockCacheTests {
    private static func gzip(_ cache: BlockCache?, jobs: Int = 2) throws -> [UInt8] {
        var sink = ParallelGzipSink(ByteArraySink(), jobs: jobs, cache: cache)
        for block in 0..<6 {
            try sink.write((0..<20_000).map { UInt8(truncatingIfNeeded: ($0 * (block + 3)) >> 4) })
            try sink.cut()
        }
        return try sink.finish().bytes
    }

    private static func blocks(_ directory: String) throws -> [String] {
        try Directory.names(directory).map { "\(directory)/\($0.text)" }
    }

    private static func replace(_ path: String, _ bytes: [UInt8]) throws {
        var file = try AtomicFile(path: path)
        try file.write(bytes)
        try file.commit()
    }

    @Test("A cold, a warm and no cache give the same bytes; a warm one compresses nothing")
    func sameBytes() throws {
        let temporary = try TemporaryDirectory()
        let directory = "\(temporary.path)/blocks"
        let expected = try Self.gzip(nil)
        #expect(try Self.gzip(BlockCache(directory: directory, form: .deflate)) == expected)
        #expect(try Self.blocks("\(directory)/new").count == 6)
        let warm = try #require(BlockCache(directory: directory, form: .deflate))
        #expect(try Self.gzip(warm, jobs: 1) == expected)
        let input = (0..<20_000).map { UInt8(truncatingIfNeeded: ($0 * 3) >> 4) }
        var isCompressed = false
        _ = input.withUnsafeBytes { bytes in
            warm.block(for: bytes) {
                isCompressed = true
                return []
            }
        }
        #expect(!isCompressed)
    }

    @Test("Blocks that were damaged, cut or emptied are made anew")
    func damage() throws {
        let temporary = try TemporaryDirectory()
        let directory = "\(temporary.path)/blocks"
        let expected = try Self.gzip(BlockCache(directory: directory, form: .deflate))
        for (number, path) in try Self.blocks("\(directory)/new").enumerated() {
            let file = try ReadableFile(path: path)
            var bytes = try file.bytes(at: 0, length: Int(file.count), of: path)
            switch number % 3 {
            case 0: bytes[bytes.count - 1] ^= 1
            case 1: bytes.removeLast()
            default: bytes = []
            }
            try Self.replace(path, bytes)
        }
        #expect(try Self.gzip(BlockCache(directory: directory, form: .deflate)) == expected)
    }

    @Test("What is not asked for between two turns goes; what is stays")
    func turns() throws {
        let temporary = try TemporaryDirectory()
        let directory = "\(temporary.path)/blocks"
        let expected = try Self.gzip(BlockCache(directory: directory, form: .deflate))
        try Self.replace("\(directory)/new/unused", [1])
        #expect(try Self.gzip(BlockCache(directory: directory, form: .deflate, limit: 6)) == expected)
        #expect(try Self.blocks("\(directory)/new").count == 6)
        #expect(try Self.blocks("\(directory)/old") == ["\(directory)/old/unused"])
        _ = try #require(BlockCache(directory: directory, form: .deflate, limit: 5))
        #expect(try Self.blocks("\(directory)/new") == [])
        #expect(try Self.blocks("\(directory)/old").count == 6)
    }

    @Test("A place where no directory can be made is no error")
    func unusable() throws {
        let temporary = try TemporaryDirectory()
        try Self.replace("\(temporary.path)/file", [])
        #expect(BlockCache(directory: "\(temporary.path)/file/blocks", form: .deflate) == nil)
    }
}
