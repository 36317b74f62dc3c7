internal import Bytes

/// The pieces of a sparse file that an archive holds, one after the other (GNU tar's manual, "Standard
/// tar", `struct sparse` and "old GNU format").
struct SparseMap {
    /// Where they belong in the file, in bytes.
    var pieces: [Range<UInt64>]
    /// Bytes of the file.
    let size: UInt64

    /// Shorter holes are stored: they compress to nearly nothing, and each piece is a seek when it is unpacked.
    static let smallestHole: UInt64 = 64 << 10

    init(pieces: [Range<UInt64>], size: UInt64) {
        self.pieces = pieces
        self.size = size
    }

    /// What `contents` may hold, in whole blocks, so that readers that pad pieces to blocks and readers that don't
    /// find the same bytes.
    init(of contents: some SparseBytes) {
        let count = contents.count
        pieces = []
        size = count
        var position: UInt64 = 0
        while let data = contents.nextData(at: position), !data.isEmpty {
            let start = data.lowerBound / 512 * 512
            position = min((data.upperBound / 512 + (data.upperBound % 512 == 0 ? 0 : 1)) * 512, count)
            if let last = pieces.last, start <= last.upperBound || start - last.upperBound < Self.smallestHole
            {
                pieces[pieces.count - 1] = last.lowerBound..<max(position, last.upperBound)
            } else {
                pieces.append(start..<position)
            }
        }
    }

    /// Bytes in the archive; nil if they overflow.
    var stored: UInt64? {
        var sum: UInt64 = 0
        for piece in pieces {
            let (next, overflow) = sum.addingReportingOverflow(piece.upperBound - piece.lowerBound)
            if overflow { return nil }
            sum = next
        }
        return sum
    }

    /// True if each piece comes after the one before and none reaches beyond the file.
    var isInOrder: Bool {
        var position: UInt64 = 0
        for piece in pieces {
            guard piece.lowerBound >= position, piece.upperBound <= size else { return false }
            position = piece.upperBound
        }
        return true
    }

    /// True if the file has no hole.
    var isWhole: Bool { size == 0 || pieces == [0..<size] }
}

extension TarBlock {
    /// Writes as many of `pieces` as there is room for and drops these.
    mutating func setPieces(_ field: Field, from pieces: inout ArraySlice<Range<UInt64>>) {
        for start in stride(from: field.offset, to: field.offset + field.length, by: 24) {
            guard let piece = pieces.popFirst() else { return }
            set(Field(offset: start, length: 12), gnuNumber: Int64(clamping: piece.lowerBound))
            set(Field(offset: start + 12, length: 12), gnuNumber: Int64(clamping: piece.count))
        }
    }

    /// Appends the pieces up to the first that is not filled in; false if a number is malformed.
    func readPieces(_ field: Field, into pieces: inout [Range<UInt64>]) -> Bool {
        for start in stride(from: field.offset, to: field.offset + field.length, by: 24) {
            if bytes[start] == 0 { return true }
            guard let offset = number(Field(offset: start, length: 12)), offset >= 0,
                let count = number(Field(offset: start + 12, length: 12)), count >= 0
            else { return false }
            let (end, overflow) = UInt64(offset).addingReportingOverflow(UInt64(count))
            if overflow { return false }
            pieces.append(UInt64(offset)..<end)
        }
        return true
    }
}
