import Bytes
import Deflate
import Host
import TestSupport
import Testing
import Zstandard

@Suite struct ZstandardEncoderTests {
    @Test("libzstd reads what was written, whatever it is", arguments: [UInt64.random(in: 0 ... .max)])
    func roundTrips(seed: UInt64) throws {
        var generator = SampleGenerator(seed: seed)
        let rounds = HostEnvironment.variable("IDENTIKIT_SOAK") == nil ? 60 : 5000
        for round in 0..<rounds {
            let bytes = generator.anything()
            let job = [5_000, 100_000, ZstandardEncoder.largestJob][generator.next(3)]
            let frames = compressed(bytes, job: job)
            #expect(try decompressed(frames) == bytes, "seed \(seed), round \(round), \(bytes.count) bytes")
        }
    }

    @Test("Blocks of every kind follow each other", arguments: [UInt64.random(in: 0 ... .max)])
    func blocks(seed: UInt64) throws {
        var generator = SampleGenerator(seed: seed)
        for round in 0..<40 {
            let bytes = generator.blocks()
            #expect(try decompressed(compressed(bytes)) == bytes, "seed \(seed), round \(round)")
        }
    }

    @Test("A frame of its own says its size, and ends where it says", arguments: samples.map(\.name))
    func frames(name: String) throws {
        let bytes = try #require(samples.first { $0.name == name }).bytes
        let frame = bytes.withUnsafeBytes { ZstandardEncoder().frame($0) }
        #expect(try decompressed(frame) == bytes)
        #expect(try decompressed(frame + frame) == bytes + bytes)
    }

    @Test("An input's bytes do not depend on what the encoder compressed before")
    func independence() {
        let encoder = ZstandardEncoder()
        func job(_ bytes: [UInt8]) -> [UInt8] {
            var result: [UInt8] = []
            bytes.withUnsafeBytes { encoder.compress($0, into: &result) }
            return result
        }
        let first = samples.map { job($0.bytes) }
        let again = samples.reversed().map { job($0.bytes) }
        #expect(first == again.reversed())
    }

    @Test("Offsets of a block that is written raw or as a run are not repeated", arguments: [0, 1])
    func offsetsOfUncompressedBlocks(kind: Int) throws {
        var generator = SampleGenerator(seed: 7)
        let block = 128 << 10
        // Six bytes again do not pay for a compressed block; fifty in the block after it do.
        var bytes = kind == 0 ? generator.bytes(block) : [UInt8](repeating: 1, count: block)
        if kind == 0 { bytes.replaceSubrange(150..<156, with: bytes[90..<96]) }
        let distance = kind == 0 ? 60 : 1
        bytes += generator.bytes(200)
        for _ in 0..<50 { bytes.append(bytes[bytes.count - distance]) }
        bytes += generator.bytes(1000)
        #expect(try decompressed(compressed(bytes)) == bytes)
    }

    @Test("Data that repeats becomes small, and random data hardly larger")
    func sizes() {
        let sizes = Dictionary(uniqueKeysWithValues: samples.map { ($0.name, compressed($0.bytes).count) })
        #expect(sizes["zeros"].map { $0 < 40 } == true)
        #expect(sizes["random"].map { $0 <= 70_000 + 12 } == true)
        #expect(sizes["few values"].map { $0 < 10_000 } == true)
    }

    @Test("The zstd command reads it", .enabled(if: Tool.available("zstd"), "zstd"))
    func oracle() throws {
        for (name, bytes) in samples {
            let output = try Tool.run("zstd", ["-d", "-c"], input: compressed(bytes, job: 50_000)).output
            #expect(output == bytes, "\(name)")
        }
    }

    @Test("The number of jobs and the size of writes have no effect", arguments: [1, 2, 5])
    func parallel(jobs: Int) throws {
        var generator = SampleGenerator(seed: 5)
        let bytes = generator.mixture(1_000_000)
        func write(jobs: Int, step: Int) throws(StreamError) -> [UInt8] {
            var sink = ParallelZstandardSink(ByteArraySink(), jobs: jobs)
            for start in stride(from: 0, to: bytes.count, by: step) {
                try sink.write(Array(bytes[start..<min(bytes.count, start + step)]))
                if start == 10 * step { try sink.cut() }
            }
            return try sink.finish().bytes
        }
        let frame = try write(jobs: jobs, step: 20_000)
        #expect(try decompressed(frame) == bytes)
        #expect(try frame == write(jobs: 1, step: 20_000))
    }

    @Test("An empty frame is one")
    func nothing() throws {
        let frame = try ParallelZstandardSink(ByteArraySink(), jobs: 2).finish().bytes
        #expect(try decompressed(frame) == [])
    }
}
