internal import Bytes

/// A place in a table of metadata blocks, to read on from.
struct MetadataCursor {
    private let image: ImageAccess
    private let what: String
    private let tableEnd: UInt64
    /// The image's byte where the block starts, and the byte in it, decoded.
    private(set) var block: UInt64
    private(set) var offset: Int

    /// `reference` counts from `tableStart`; the table's blocks end at `tableEnd` at the latest.
    init(
        _ image: ImageAccess, _ reference: InodeReference, tableStart: UInt64, tableEnd: UInt64,
        _ what: String
    ) throws(SquashFSError) {
        self.image = image
        self.what = what
        self.tableEnd = tableEnd
        block = tableStart + UInt64(reference.block)
        offset = Int(reference.offset)
        guard block < tableEnd, offset <= MetadataTable.blockSize else {
            throw .invalid(
                what: what, offset: block, reason: "a reference to byte \(offset) of the block here")
        }
    }

    /// The next `count` bytes. Blocks only lead forwards, so this ends.
    mutating func read(_ count: Int) throws(SquashFSError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let current = try image.metadataBlock(at: block, of: what, before: tableEnd)
            guard offset <= current.bytes.count else {
                throw .invalid(what: what, offset: block, reason: "the block ends before byte \(offset)")
            }
            let step = min(count - bytes.count, current.bytes.count - offset)
            bytes += current.bytes[offset..<offset + step]
            offset += step
            if offset == current.bytes.count {
                // Only the last block of a table may be shorter.
                if bytes.count < count, current.bytes.count < MetadataTable.blockSize {
                    throw .invalid(what: what, offset: block, reason: "the table ends inside a structure")
                }
                if current.bytes.count == MetadataTable.blockSize { advance(to: current.end) }
            }
        }
        return bytes
    }

    mutating func record(_ count: Int) throws(SquashFSError) -> Record { Record(bytes: try read(count)) }

    private mutating func advance(to next: UInt64) {
        block = next
        offset = 0
    }

    /// For errors about what was just read.
    func invalid(_ reason: String) -> SquashFSError { .invalid(what: what, offset: block, reason: reason) }
}
