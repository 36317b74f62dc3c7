import Bytes
import Checksums
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

    /// The same for damaged members. ISA-L may take one that zlib refuses, such as one with codes that are incomplete
    /// and never used: then size and checksum show that the bytes are the right ones.
    private func compare(damaged input: [UInt8], of sample: [UInt8], _ what: String) throws {
        let fast = outcome(input, by: try #require(FastGzipDecoder()))
        let slow = outcome(input, by: try ZlibDecoder(gzip: true))
        #expect(fast == slow || slow.isRefused && fast.bytes == sample, "\(what)")
    }

    /// Found by damaging members at random: ISA-L counts bytes after the end of these.
    @Test(
        "A wrong checksum at the end of the input",
        arguments: [
            "1f8b08000000000000016340200c3847380000e0f434ab24010000",
            "1f8b0800000000000001cb32d4e3c4b20f14e2240000fc06e41e28000000",
            "1f8b0800000000000003531fe11c05431800009d7855a7c0010000",
        ])
    func wrongChecksum(hex: String) throws {
        let digits = hex.utf8.map { $0 - ($0 > 0x39 ? 0x57 : 0x30) }
        let member = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        try compare(member, hex)
        #expect(outcome(member, by: try #require(FastGzipDecoder())).isRefused)
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

    @Test("Every value of every byte of the header", arguments: 0..<10)
    func headerBytes(place: Int) throws {
        var member = try gzip(Array("some text".utf8), "-6")
        for value in UInt8.min ... .max {
            member[place] = value
            try compare(member, "byte \(place) is \(value)")
        }
    }

    /// RFC 1952, section 2.3: extra field, name, comment and a checksum of the header.
    @Test("All optional fields of the header, with right and wrong checksums", arguments: 0..<32)
    func headerFields(flags: Int) throws {
        let member = try gzip(Array("some text".utf8), "-6")
        var header = Array(member[..<10])
        header[3] = UInt8(flags)
        if flags & 4 != 0 { header += [3, 0, 1, 2, 3] }
        if flags & 8 != 0 { header += Array("name".utf8) + [0] }
        if flags & 16 != 0 { header += Array("a comment".utf8) + [0] }
        let body = member[10...]
        guard flags & 2 != 0 else { return try compare(header + body, "flags \(flags)") }
        let checksum = header.withUnsafeBytes { CRC32.checksum($0) }
        let right = [UInt8(truncatingIfNeeded: checksum), UInt8(truncatingIfNeeded: checksum >> 8)]
        #expect(!outcome(header + right + body, by: try ZlibDecoder(gzip: true)).isRefused)
        for bits in 0..<16 {
            var sum = right
            if bits > 0 { sum[bits / 8] ^= 1 << (bits % 8) }
            try compare(header + sum + body, "flags \(flags), bit \(bits) of the checksum")
        }
    }

    @Test("Damaged and cut members", arguments: [TestSeed.value])
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
            try compare(damaged: damaged, of: sample, "seed \(seed), a bit of byte \(place)")
        }
    }
}
