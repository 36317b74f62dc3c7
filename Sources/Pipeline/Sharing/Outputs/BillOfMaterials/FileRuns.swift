internal import Bytes

/// A file whose bytes lie in several places of an image.
struct FileRuns: RandomAccessBytes {
    private let image: any RandomAccessBytes
    /// Where the bytes are in the file, and in the image.
    private var runs: [(start: UInt64, place: Range<UInt64>)] = []
    private(set) var count: UInt64 = 0

    /// The first `size` bytes of those at `extents` of `image`.
    init(_ extents: [Range<UInt64>], of image: any RandomAccessBytes, size: UInt64 = .max) {
        self.image = image
        for extent in extents {
            let length = min(extent.upperBound - extent.lowerBound, size - count)
            guard length > 0 else { continue }
            runs.append((count, extent.lowerBound..<extent.lowerBound + length))
            count += length
        }
    }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        var filled = 0
        while filled < buffer.count, let run = run(at: offset + UInt64(filled)) {
            let inside = offset + UInt64(filled) - run.start
            let left = run.place.upperBound - run.place.lowerBound - inside
            let length = Int(min(UInt64(buffer.count - filled), left))
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + length])
            let read = try image.read(at: run.place.lowerBound + inside, into: target)
            filled += read
            if read < length { break }
        }
        return filled
    }

    private func run(at offset: UInt64) -> (start: UInt64, place: Range<UInt64>)? {
        guard offset < count else { return nil }
        var (low, high) = (0, runs.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if runs[middle].start <= offset { low = middle } else { high = middle }
        }
        return runs[low]
    }
}
