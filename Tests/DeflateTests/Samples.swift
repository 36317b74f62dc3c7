import Bytes
import Checksums
import Decompression
import Deflate
import TestSupport

extension SampleGenerator {
    /// Words of a small vocabulary, as in text.
    mutating func words(_ count: Int) -> [UInt8] {
        let vocabulary = (0..<200).map { _ in bytes(2 + next(7), below: 26).map { $0 + 97 } }
        var text: [UInt8] = []
        while text.count < count { text += vocabulary[min(next(200), next(200))] + [32] }
        return Array(text.prefix(count))
    }

    /// Literals, runs and copies from anywhere within the window, also from its far end.
    mutating func mixture(_ count: Int) -> [UInt8] {
        var data = bytes(64)
        while data.count < count {
            switch next(4) {
            case 0: data += bytes(next(40))
            case 1: data += [UInt8](repeating: UInt8(next(256)), count: next(700))
            default:
                let distance =
                    next(8) == 0 ? min(data.count, 32768 - next(3)) : 1 + next(min(data.count, 40000))
                for _ in 0..<3 + next(300) { data.append(data[data.count - distance]) }
            }
        }
        return Array(data.prefix(count))
    }
}

/// Inputs whose encoding is pinned by golden digests.
let samples: [(name: String, bytes: [UInt8])] = {
    var generator = SampleGenerator(seed: 2017)
    return [
        ("empty", []),
        ("one byte", [0x41]),
        ("all byte values", Array(0...255)),
        ("zeros", [UInt8](repeating: 0, count: 100_000)),
        ("random", generator.bytes(70_000)),
        ("few values", generator.bytes(30_000, below: 4)),
        ("words", generator.words(120_000)),
        ("mixture", generator.mixture(200_000)),
        (
            "words, then random, then words",
            generator.words(40_000) + generator.bytes(30_000) + generator.words(40_000)
        ),
    ]
}()

func deflate(_ bytes: [UInt8], last: Bool = true, with encoder: DeflateEncoder = DeflateEncoder()) -> [UInt8]
{
    var result: [UInt8] = []
    bytes.withUnsafeBytes { encoder.compress($0, last: last, into: &result) }
    return result
}

func gunzip(_ member: [UInt8]) throws(StreamError) -> [UInt8] {
    var source = try Decompressor.source(over: ByteArraySource(member), compression: .gzip)
    return try source.readAll(limit: 1 << 24, of: "gzip member")
}

/// What zlib makes of a raw DEFLATE stream, told from `original` what the trailer has to say.
func inflate(_ stream: [UInt8], expecting original: [UInt8]) throws(StreamError) -> [UInt8] {
    let crc = original.withUnsafeBytes { CRC32.checksum($0) }
    return try gunzip(
        GzipMember.header + stream + GzipMember.trailer(crc: crc, count: UInt64(original.count)))
}
