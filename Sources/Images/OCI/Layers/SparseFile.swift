internal import Bytes
internal import Digests

/// A file of a layer whose holes the layer's tar does not hold.
struct SparseFile: Sendable {
    /// The layer.
    let diffID: SHA256Digest
    /// Where its pieces are in the layer's tar, one after the other.
    let dataOffset: UInt64
    /// Where they belong in the file, in order.
    let pieces: [Range<UInt64>]
    /// Bytes of the file.
    let size: UInt64

    /// The file with its holes, read from the tar of its layer.
    func contents(in tar: any RandomAccessBytes) -> any SparseBytes {
        var offset = dataOffset
        var placed: [SparseFileBytes.Piece] = []
        for range in pieces where !range.isEmpty {
            placed.append(SparseFileBytes.Piece(range: range, offset: offset))
            offset += range.upperBound - range.lowerBound
        }
        return SparseFileBytes(count: size, pieces: placed, tar: tar)
    }
}

private struct SparseFileBytes: SparseBytes {
    struct Piece {
        /// In the file.
        let range: Range<UInt64>
        /// In the tar.
        let offset: UInt64
    }

    let count: UInt64
    let pieces: [Piece]
    let tar: any RandomAccessBytes

    /// Fills the buffer but at the end: readers take less for that.
    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        guard offset < count else { return 0 }
        let wanted = Int(min(UInt64(buffer.count), count - offset))
        var filled = 0
        while filled < wanted {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<wanted])
            let step = try readRun(at: offset + UInt64(filled), into: rest)
            if step == 0 { break }
            filled += step
        }
        return filled
    }

    /// Reads up to the end of the piece, or of the hole, that contains `offset`.
    private func readRun(
        at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(StreamError) -> Int {
        guard let piece = piece(endingAfter: offset), offset >= piece.range.lowerBound else {
            let end = piece(endingAfter: offset)?.range.lowerBound ?? count
            let length = Int(min(UInt64(buffer.count), end - offset))
            UnsafeMutableRawBufferPointer(rebasing: buffer[..<length]).initializeMemory(
                as: UInt8.self, repeating: 0)
            return length
        }
        let wanted = Int(min(UInt64(buffer.count), piece.range.upperBound - offset))
        return try tar.read(
            at: piece.offset + (offset - piece.range.lowerBound),
            into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
    }

    func nextData(at offset: UInt64) -> Range<UInt64>? {
        piece(endingAfter: offset).map { max(offset, $0.range.lowerBound)..<$0.range.upperBound }
    }

    /// The first piece that does not end before `offset`.
    private func piece(endingAfter offset: UInt64) -> Piece? {
        var (low, high) = (0, pieces.count)
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].range.upperBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low < pieces.count ? pieces[low] : nil
    }
}
