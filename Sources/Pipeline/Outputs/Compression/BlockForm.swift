internal import Deflate
internal import Digests
internal import Zstandard

/// The form of cached blocks. Blocks of different forms of the same input must not be confused.
enum BlockForm: String {
    /// Blocks of a gzip member.
    case deflate
    /// Whole zlib streams.
    case zlibStream = "zlib stream"
    /// Blocks of a zstd frame.
    case zstandard
    /// Whole zstd frames.
    case zstandardFrame = "zstd frame"
    /// The configuration of a kernel, not compressed.
    case kernelConfiguration = "kernel configuration"

    /// Identifies the encoder by its version and by a sample of its output, so that an encoder that was changed
    /// without a new version does not find blocks of its predecessor.
    var identity: SHA256Digest {
        SHA256Digest(hashing: Array("\(rawValue) \(version)".utf8) + sampleOutput)
    }

    private var version: Int {
        switch self {
        case .deflate, .zlibStream: DeflateEncoder.version
        case .zstandard, .zstandardFrame: ZstandardEncoder.version
        case .kernelConfiguration: 1
        }
    }

    private var sampleOutput: [UInt8] {
        var block: [UInt8] = []
        Self.sample.withUnsafeBytes { sample in
            switch self {
            case .deflate, .zlibStream: DeflateEncoder().compress(sample, last: false, into: &block)
            case .zstandard, .zstandardFrame: ZstandardEncoder().compress(sample, into: &block)
            case .kernelConfiguration: break
            }
        }
        return block
    }

    private static let sample: [UInt8] = {
        var sample: [UInt8] = []
        for number in 0..<UInt32(4096) {
            sample += "\(number &* number >> 7) ".utf8
            sample.append(UInt8(truncatingIfNeeded: (number &* 2_654_435_761) >> 24))
        }
        return sample
    }()
}
