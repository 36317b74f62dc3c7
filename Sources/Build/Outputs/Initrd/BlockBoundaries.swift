internal import Bytes
internal import Cpio
internal import Deflate

/// Where an initrd's independently compressed blocks end: where the content says, so that a changed file
/// changes the block it is in and few others, and a cache of blocks serves the next build.
///
/// - Before a file that is as large as a block: inside it, blocks then end at offsets of its own.
/// - Else once a block has `smallest` bytes: before an entry whose fingerprint's low bits are zero,
///   or that the block has no room for.
struct BlockBoundaries {
    static let largest = UInt64(ParallelGzipSink<ByteArraySink>.largestBlock)
    /// Bytes. Smaller blocks compress noticeably worse.
    static let smallest: UInt64 = 256 << 10
    /// One entry in eight may start a block.
    static let mask: UInt64 = 7

    /// Bytes in the current block.
    private var size: UInt64 = 0

    /// `size` bytes stand before the first entry.
    init(after size: UInt64 = 0) { self.size = size % Self.largest }

    /// True if a block ends before the entry; it is then counted as written.
    mutating func endsBlock(before entry: CpioEntryStart) -> Bool {
        let isFull = size + entry.size > Self.largest
        let mayEnd = size >= Self.smallest && (entry.fingerprint & Self.mask == 0 || isFull)
        let ends = size > 0 && (entry.size >= Self.largest || mayEnd)
        size = ((ends ? 0 : size) + entry.size) % Self.largest
        return ends
    }
}
