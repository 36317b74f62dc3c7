internal import Cpio

/// The boundaries of an initrd's independently compressed blocks. They depend on the content, so that a changed
/// file affects its own block and few others, and the next build can reuse cached blocks.
///
/// - A block ends before a file at least as large as a block, so that boundaries inside it are relative to it.
/// - Otherwise, once a block has `smallest` bytes, it ends before an entry whose fingerprint's low bits are zero,
///   or that does not fit.
struct BlockBoundaries {
    /// The maximum block size in bytes, that of the compressed stream.
    let largest: UInt64
    /// The minimum block size in bytes. Smaller blocks compress noticeably worse.
    let smallest: UInt64
    /// On average one entry in eight may start a block.
    static let mask: UInt64 = 7

    /// The number of bytes in the current block.
    private var size: UInt64 = 0

    init(largest: Int) {
        self.largest = UInt64(largest)
        smallest = self.largest / 4
    }

    /// Returns whether a block ends before the entry, and counts the entry as written.
    mutating func endsBlock(before entry: CpioEntryStart) -> Bool {
        let isFull = size + entry.size > largest
        let mayEnd = size >= smallest && (entry.fingerprint & Self.mask == 0 || isFull)
        let ends = size > 0 && (entry.size >= largest || mayEnd)
        size = ((ends ? 0 : size) + entry.size) % largest
        return ends
    }
}
