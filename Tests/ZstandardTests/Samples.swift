import Bytes
import Decompression
import TestSupport
import Zstandard

extension SampleGenerator {
    /// Rare bytes that are so rare that an unlimited code would be longer than eleven bits.
    mutating func skewed(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(min(255, next(1 << 30).leadingZeroBitCount * 4 + next(3))) }
    }

    /// Literals, runs and copies from near and far, long ones among them.
    mutating func mixture(_ count: Int) -> [UInt8] {
        var data = bytes(64)
        while data.count < count {
            switch next(4) {
            case 0: data += bytes(next(60))
            case 1: data += [UInt8](repeating: UInt8(next(256)), count: next(700))
            default:
                let distance = 1 + next(data.count)
                let length = next(20) == 0 ? 70_000 : 3 + next(200)
                for _ in 0..<length { data.append(data[data.count - distance]) }
            }
        }
        return Array(data.prefix(count))
    }

    /// Blocks in a row that are written raw, as a run and compressed, with matches that do not pay for themselves.
    mutating func blocks() -> [UInt8] {
        var data: [UInt8] = []
        for _ in 0..<2 + next(3) {
            let count = next(3) == 0 ? 1 + next(131_072) : 131_072
            switch next(4) {
            case 0: data += [UInt8](repeating: UInt8(next(256)), count: count)
            case 1: data += mixture(count)
            default:
                var block = bytes(count)
                guard count > 400 else {
                    data += block
                    continue
                }
                let (distance, place) = (10 + next(110), 130 + next(120))
                block.replaceSubrange(place..<place + 6, with: block[place - distance..<place - distance + 6])
                data += block
                // The next piece begins with more at the same distance.
                for _ in 0..<50 { data.append(data[data.count - distance]) }
            }
        }
        return data
    }

    /// Any of these, of any size.
    mutating func anything() -> [UInt8] {
        let sizes = [
            0, 1, 3, 7, 8, 9, 63, 64, 255, 256, 1023, 1024, 4095, 16_383, 16_384, 131_071, 131_072, 131_073,
            300_000,
        ]
        let count = sizes[next(sizes.count)]
        switch next(6) {
        case 0: return bytes(count)
        case 1: return bytes(count, below: 1 + next(255))
        case 2: return skewed(count)
        case 3: return [UInt8](repeating: UInt8(next(256)), count: count)
        case 4: return bytes(count / 2) + [UInt8](repeating: 0, count: count - count / 2)
        default: return mixture(count)
        }
    }
}

/// Inputs whose encoding is pinned by golden digests.
let samples: [(name: String, bytes: [UInt8])] = {
    var generator = SampleGenerator(seed: 2031)
    return [
        ("empty", []), ("one byte", [0x41]), ("all byte values", Array(0...255)),
        ("zeros", [UInt8](repeating: 0, count: 300_000)), ("random", generator.bytes(70_000)),
        ("few values", generator.bytes(30_000, below: 4)), ("skewed", generator.skewed(200_000)),
        ("mixture", generator.mixture(400_000)),
    ]
}()

/// A frame of jobs of `job` bytes.
func compressed(_ bytes: [UInt8], job: Int = ZstandardEncoder.largestJob) -> [UInt8] {
    let encoder = ZstandardEncoder()
    var result = ZstandardEncoder.frameHeader
    for start in stride(from: 0, to: bytes.count, by: job) {
        Array(bytes[start..<min(bytes.count, start + job)]).withUnsafeBytes {
            encoder.compress($0, into: &result)
        }
    }
    return result + ZstandardEncoder.frameEnd
}

/// What libzstd reads from `frames`.
func decompressed(_ frames: [UInt8]) throws(StreamError) -> [UInt8] {
    var source = try Decompressor.source(over: ByteArraySource(frames), compression: .zstd)
    return try source.readAll(limit: 1 << 26, of: "zstd frame")
}
