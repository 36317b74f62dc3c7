import Bytes
import Decompression
import Deflate
import TestSupport
import Testing

@Suite struct DeflateEncoderTests {
    @Test func zlibReadsBackEverySample() throws {
        let encoder = DeflateEncoder()
        for (name, bytes) in samples {
            #expect(try inflate(deflate(bytes, with: encoder), expecting: bytes) == bytes, "\(name)")
        }
    }

    @Test(arguments: [
        1, 2, 3, 4, 5, 7, 8, 9, 257, 258, 259, 260, 516, 32767, 32768, 32769, 65534, 65535, 65536,
    ])
    func zlibReadsBackEveryEdge(_ count: Int) throws {
        var generator = SampleGenerator(seed: UInt64(count))
        let inputs = [
            [UInt8](repeating: 7, count: count), generator.bytes(count), generator.words(count),
            (0..<count).map { UInt8(truncatingIfNeeded: $0) },
        ]
        for (index, bytes) in inputs.enumerated() {
            #expect(
                try inflate(deflate(bytes), expecting: bytes) == bytes, "input \(index) of \(count) bytes")
        }
    }

    @Test func matchesReachTheWindowsFarEndAndNoFurther() throws {
        var generator = SampleGenerator(seed: 8)
        let needle = generator.bytes(200)
        for distance in 32765...32771 {
            let bytes = needle + generator.bytes(distance - needle.count) + needle
            let stream = deflate(bytes)
            #expect(try inflate(stream, expecting: bytes) == bytes, "distance \(distance)")
            // Random bytes are stored or nearly so: only a match can save these 200.
            #expect(
                (stream.count < bytes.count - 100) == (distance <= 32768),
                "distance \(distance): \(stream.count)")
        }
    }

    @Test func randomMixturesSurvive() throws {
        let seed = TestSeed.value
        var generator = SampleGenerator(seed: seed)
        let encoder = DeflateEncoder()
        for round in 0..<30 {
            let bytes = generator.mixture(1 + generator.next(12_000))
            #expect(
                try inflate(deflate(bytes, with: encoder), expecting: bytes) == bytes,
                "seed \(seed), round \(round)")
        }
    }

    @Test func anEncoderKeepsNothingFromEarlierInput() {
        let encoder = DeflateEncoder()
        for (name, bytes) in samples + samples.reversed() {
            #expect(deflate(bytes, with: encoder) == deflate(bytes), "\(name)")
        }
    }

    @Test func piecesAreOneStreamInAnyOrder() throws {
        let encoder = DeflateEncoder()
        let pieces = samples.map { (bytes: $0.bytes, stream: deflate($0.bytes, last: false, with: encoder)) }
        for order in [pieces, pieces.reversed()] {
            let stream = order.flatMap(\.stream) + [0x03, 0x00]
            let whole = order.flatMap(\.bytes)
            #expect(try inflate(stream, expecting: whole) == whole)
        }
    }

    @Test func incompressibleBytesHardlyGrow() {
        var generator = SampleGenerator(seed: 9)
        for count in [1, 100, 65535, 65536, 200_000] {
            let size = deflate(generator.bytes(count), last: false).count
            #expect(size <= count + 5 * (count / 65535 + 1) + 5, "\(count) bytes became \(size)")
        }
    }

    @Test func framesAreRead() throws {
        let encoder = DeflateEncoder()
        for (name, bytes) in samples {
            let member = bytes.withUnsafeBytes { GzipMember.compress($0, with: encoder) }
            #expect(try gunzip(member) == bytes, "\(name)")
            let stream = bytes.withUnsafeBytes { ZlibStream.compress($0, with: encoder) }
            var source = try Decompressor.source(over: ByteArraySource(stream), compression: .zlib)
            #expect(try source.readAll(limit: 1 << 20, of: "zlib stream") == bytes, "\(name)")
        }
    }
}
