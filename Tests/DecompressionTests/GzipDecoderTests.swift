import Bytes
import Host
import TestSupport
import Testing

@testable import Decompression

/// ISA-L reads what zlib reads, and refuses what zlib refuses.
@Suite(.enabled(if: Tool.isCI || FastGzipDecoder() != nil, "libisal"))
struct GzipDecoderTests {
    /// The bytes decoded, and whether it failed.
    private struct Outcome: Equatable {
        var bytes: [UInt8] = []
        var isRefused = false
    }

    private func outcome(_ input: [UInt8], by decoder: any MemberDecoder) -> Outcome {
        var source = DecodingSource(
            ByteArraySource(input), compression: .gzip, decoder: decoder, trailing: .refused, limit: 1 << 24,
            memoryLimit: 1 << 26, offset: 0)
        do throws(StreamError) {
            return Outcome(bytes: try source.readAll(limit: 1 << 24, of: "gzip"))
        } catch { return Outcome(isRefused: true) }
    }

    private func compare(_ input: [UInt8], _ what: String) throws {
        let fast = outcome(input, by: try #require(FastGzipDecoder()))
        let slow = outcome(input, by: try ZlibDecoder(gzip: true))
        #expect(fast == slow, "\(what)")
    }

    private func gzip(_ bytes: [UInt8], _ level: String) throws -> [UInt8] {
        try Tool.run("gzip", [level, "-n", "-c"], input: bytes).output
    }

    @Test("Members of every kind of data, alone and one after the other", arguments: ["-1", "-6", "-9"])
    func members(level: String) throws {
        var generator = SampleGenerator(seed: 3)
        let repeated = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 / 37 * ($0 % 11)) }
        let samples: [[UInt8]] = [
            [], [7], [UInt8](repeating: 0, count: 300_000), generator.bytes(200_000), repeated,
            generator.bytes(100_000, below: 5),
        ]
        var all: [UInt8] = []
        for (number, sample) in samples.enumerated() {
            let member = try gzip(sample, level)
            try #expect(outcome(member, by: #require(FastGzipDecoder())).bytes == sample)
            try compare(member, "sample \(number)")
            all += member
        }
        try compare(all, "all members")
        try compare(all + [1, 2, 3], "bytes after the last member")
        try compare(all + [UInt8](repeating: 0, count: 512), "zeros after the last member")
    }

    @Test("Damaged and cut members", arguments: [UInt64.random(in: 0 ... .max)])
    func damage(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var generator = SampleGenerator(seed: seed)
        let sample = generator.bytes(3000, below: 20) + [UInt8](repeating: 9, count: 500)
        let member = try gzip(sample, "-6")
        for length in 0..<member.count where length < 40 || length % 17 == 0 || length > member.count - 12 {
            try compare(Array(member[..<length]), "seed \(seed), cut at \(length)")
        }
        for _ in 0..<400 {
            var damaged = member
            let place = Int.random(in: 0..<damaged.count, using: &random)
            damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            try compare(damaged, "seed \(seed), a bit of byte \(place)")
        }
    }
}
