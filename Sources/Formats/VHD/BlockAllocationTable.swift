internal import Bytes

/// Where the blocks are ("Block Allocation Table and Data Blocks"): the sector at which a block's bitmap
/// starts, all bits set for a block of zeros that is left out. Whole sectors, filled up with such entries.
struct BlockAllocationTable {
    static let unused: UInt32 = .max

    private(set) var bytes: [UInt8]

    init(entries: Int) {
        bytes = [UInt8](repeating: 0xFF, count: (entries * 4 + 511) / 512 * 512)
    }

    /// Says that the block's bitmap starts at `offset`, which is a whole sector's. Images end below 2^32 sectors.
    mutating func set(_ block: Int, offset: UInt64) {
        bytes.store(big: UInt32(offset / 512), at: block * 4)
    }
}
