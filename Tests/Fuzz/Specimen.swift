import Bytes

/// An input for a reader. Long runs of zeros between what it holds are not in memory, so that an image of
/// many MiB with a few KiB in it is as quickly changed and read as these few KiB.
struct Specimen: SparseBytes {
    /// A part of `bytes` and its place in the input.
    struct Segment {
        let offset: UInt64
        let start: Int
        var length: Int

        var end: UInt64 { offset + UInt64(length) }
    }

    /// What the input holds, segment after segment: what mutators work on.
    var bytes: [UInt8]
    /// In order, none touching another.
    private(set) var segments: [Segment]
    /// Bytes of the whole input.
    private(set) var count: UInt64

    /// Blocks of this size are left out where they are zero.
    private static let block = 512

    /// All of `bytes`.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        segments = [Segment(offset: 0, start: 0, length: bytes.count)]
        count = UInt64(bytes.count)
    }

    /// The bytes of `image` without its blocks of zeros.
    init(sparse image: some SparseBytes) throws(StreamError) {
        (bytes, segments, count) = ([], [], image.count)
        var offset: UInt64 = 0
        while let range = image.nextData(at: offset) {
            offset = range.lowerBound / UInt64(Self.block) * UInt64(Self.block)
            while offset < range.upperBound {
                let length = Int(min(1 << 20, (image.count - offset)))
                let chunk = try image.bytes(at: offset, length: length, of: "a seed")
                for start in stride(from: 0, to: length, by: Self.block) {
                    let block = chunk[start..<min(start + Self.block, length)]
                    if !block.allSatisfy({ $0 == 0 }) { append(block, at: offset + UInt64(start)) }
                }
                offset += UInt64(length)
            }
        }
    }

    private mutating func append(_ block: ArraySlice<UInt8>, at offset: UInt64) {
        if let last = segments.last, last.end == offset {
            segments[segments.count - 1].length += block.count
        } else {
            segments.append(Segment(offset: offset, start: bytes.count, length: block.count))
        }
        bytes += block
    }

    /// True if nothing is left out.
    var isDense: Bool { segments.count == 1 && segments[0].length == Int(count) }

    /// Replaces all of a dense one.
    mutating func replaceAll(_ bytes: [UInt8]) { self = Specimen(bytes) }

    /// Cuts the input off after `length` bytes.
    mutating func truncate(to length: UInt64) {
        count = min(count, length)
        while let last = segments.last, last.end > count {
            let kept = last.offset < count ? Int(count - last.offset) : 0
            bytes.removeLast(last.length - kept)
            segments.removeLast()
            if kept > 0 { segments.append(Segment(offset: last.offset, start: last.start, length: kept)) }
        }
    }

    /// The position in `bytes` of what is at `offset`, if `length` bytes from there are held in one piece.
    func position(of offset: UInt64, length: Int) -> Int? {
        guard let segment = segments.first(where: { $0.end > offset }), segment.offset <= offset,
            segment.end - offset >= UInt64(length)
        else { return nil }
        return segment.start + Int(offset - segment.offset)
    }

    func nextData(at offset: UInt64) -> Range<UInt64>? {
        guard let segment = segments.first(where: { $0.end > offset }) else { return nil }
        return max(offset, segment.offset)..<segment.end
    }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        guard offset < count, !buffer.isEmpty else { return 0 }
        let length = Int(min(UInt64(buffer.count), count - offset))
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<length])
        if !isDense { target.initializeMemory(as: UInt8.self, repeating: 0) }
        bytes.withUnsafeBytes { held in
            var index = firstSegment(endingAfter: offset)
            while index < segments.count, segments[index].offset < offset + UInt64(length) {
                let segment = segments[index]
                let (low, high) = (max(segment.offset, offset), min(segment.end, offset + UInt64(length)))
                let start = segment.start + Int(low - segment.offset)
                UnsafeMutableRawBufferPointer(rebasing: target[Int(low - offset)...]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: held[start..<start + Int(high - low)]))
                index += 1
            }
        }
        return length
    }

    private func firstSegment(endingAfter offset: UInt64) -> Int {
        var (low, high) = (0, segments.count)
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].end <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The whole input, holes and all.
    var allBytes: [UInt8] {
        if isDense { return bytes }
        return (try? self.bytes(at: 0, length: Int(count), of: "a specimen")) ?? []
    }
}
