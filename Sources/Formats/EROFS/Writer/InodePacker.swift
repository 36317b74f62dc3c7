/// Gives inodes, with what must stand behind them in the same block, their places in the metadata blocks.
///
/// An inode goes where the least room is left that is enough, of equal ones to the block opened last; if none is,
/// to a new block. The first block, whose checksum the superblock carries, takes only what is known without
/// reading contents.
struct InodePacker {
    private let slotsPerBlock: UInt64
    /// The first free slot of block 0.
    private var headNext: UInt64
    /// Blocks begun.
    private(set) var blocks: UInt64 = 1
    /// For each number of free slots the blocks that have so many, the last opened one last.
    private var open: [[UInt64]]
    /// Free slots of the last block.
    private var lastFree: UInt64 = 0

    /// Slots are 32 bytes; the first `reserved` of block 0 are taken.
    init(slotsPerBlock: Int, reserved: Int) {
        self.slotsPerBlock = UInt64(slotsPerBlock)
        headNext = UInt64(reserved)
        open = [[UInt64]](repeating: [], count: slotsPerBlock)
    }

    /// The first of `slots` slots, counted from the start of the image: the inode's number where metadata start
    /// in block 0. Within one block, unless they are more than a block has: then from the start of one.
    mutating func place(slots: UInt64, isLiteral: Bool) -> UInt64 {
        if isLiteral, headNext + slots <= slotsPerBlock {
            defer { headNext += slots }
            return headNext
        }
        var free = slots
        while free < slotsPerBlock {
            if let block = open[Int(free)].popLast() {
                keep(block, free: free - slots)
                return block * slotsPerBlock + slotsPerBlock - free
            }
            free += 1
        }
        let block = blocks
        blocks += (slots + slotsPerBlock - 1) / slotsPerBlock
        keep(blocks - 1, free: (blocks - block) * slotsPerBlock - slots)
        return block * slotsPerBlock
    }

    private mutating func keep(_ block: UInt64, free: UInt64) {
        if free > 0 { open[Int(free)].append(block) }
        if block == blocks - 1 { lastFree = free }
    }

    /// The slot after the last that is taken in the last block.
    var end: UInt64 { blocks == 1 ? headNext : blocks * slotsPerBlock - lastFree }
}
