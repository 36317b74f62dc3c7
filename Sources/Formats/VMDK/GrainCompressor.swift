internal import Bytes
internal import Deflate

/// Grains that follow each other, on their way through the encoder.
struct Grains: Sendable {
    /// The number of the first grain.
    let first: UInt64
    let bytes: [UInt8]
}

struct CompressedGrains: Sendable {
    let first: UInt64
    /// Grain markers with their data, whole sectors, one after the other.
    var bytes: [UInt8] = []
    /// Where each of them starts in `bytes`.
    var offsets: [Int] = []
}

/// Compresses grains, each one for itself.
struct GrainCompressor: OrderedWorker {
    private let encoder = DeflateEncoder()

    func process(_ grains: Grains) -> CompressedGrains {
        let size = Int(SparseExtentHeader.defaultGrainSize) * 512
        var result = CompressedGrains(first: grains.first)
        grains.bytes.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: size) {
                let grain = UnsafeRawBufferPointer(rebasing: bytes[start..<start + size])
                let number = grains.first + UInt64(start / size)
                result.offsets.append(result.bytes.count)
                Marker.appendGrain(
                    ZlibStream.compress(grain, with: encoder),
                    sector: number * SparseExtentHeader.defaultGrainSize, to: &result.bytes)
            }
        }
        return result
    }
}
