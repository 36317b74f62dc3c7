public import Deflate
public import FileTree

/// What the bytes of an image depend on beside the tree; and how many threads make them, which the bytes don't.
public struct SquashFSOptions: Sendable {
    /// Its time is the superblock's.
    public var stamp: BuildStamp
    /// Bytes in a data block: a power of two from 4 KiB to 1 MiB.
    public var blockSize: Int
    public var compressor: BlockCompressor
    /// Blocks that are compressed at the same time.
    public var jobs: Int
    /// Remembers compressed data blocks. It must be one for this very compressor: what it gives goes into the image.
    public var cache: (any CompressedBlockCache)?

    public static let defaultBlockSize = 128 << 10

    public init(
        stamp: BuildStamp, blockSize: Int = defaultBlockSize, compressor: BlockCompressor = .zlib,
        jobs: Int = 1, cache: (any CompressedBlockCache)? = nil
    ) {
        self.stamp = stamp
        self.blockSize = blockSize
        self.compressor = compressor
        self.jobs = jobs
        self.cache = cache
    }
}
