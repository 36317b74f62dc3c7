internal import Bytes
internal import Cpio
internal import Deflate

/// The boundaries of an initrd's independently compressed blocks. They depend on the content, so that a changed
/// file affects its own block and few others, and the next build can reuse cached blocks.
///
/// - A block ends before a file at least as large as a block, so that boundaries inside it are relative to it.
/// - Otherwise, once a block has `smallest` bytes, it ends before an entry whose fingerprint's low bits are zero,
///   or that does not fit.
struct BlockBoundaries {
    static let largest = UInt64(ParallelGzipSink<ByteArraySink>.largestBlock)
    /// The minimum block size in bytes. Smaller blocks compress noticeably worse.
    static let smallest: UInt64 = 256 << 10
    /// On average one entry in eight may start a block.
    static let mask: UInt64 = 7

    /// The number of bytes in the current block.
    private var size: UInt64 = 0

    /// Starts after `size` bytes that precede the first entry.
    init(after size: UInt64 = 0) { self.size = size % Self.largest }

    /// Returns whether a block ends before the entry, and counts the entry as written.
    mutating func endsBlock(before entry: CpioEntryStart) -> Bool {
        let isFull = size + entry.size > Self.largest
        let mayEnd = size >= Self.smallest && (entry.fingerprint & Self.mask == 0 || isFull)
        let ends = size > 0 && (entry.size >= Self.largest || mayEnd)
        size = ((ends ? 0 : size) + entry.size) % Self.largest
        return ends
    }
}
