internal import Bytes
internal import Deflate

/// A compression as the superblock names it (`squashfs_fs.h`, "definitions for structures on disk").
public enum SquashFSCompression: UInt16, Sendable, CaseIterable {
    case zlib = 1
    case lzma = 2
    case lzo = 3
    case xz = 4
    case lz4 = 5
    case zstd = 6
}

/// What compresses an image's blocks.
///
/// `zlib` is Identikit's own encoder, whose bytes are part of the output contract. Any other one is the
/// caller's to make, of an encoder that promises less; for instance
///
///     BlockCompressor(.zstd, options: BlockCompressor.zstdOptions(level: 19)) {
///         let encoder = ZstdEncoder(level: 19)
///         return { encoder.compress($0) }
///     }
public struct BlockCompressor: Sendable {
    /// Gives the compressed form of a block, or nil if it has none.
    public typealias Compress = (UnsafeRawBufferPointer) -> [UInt8]?

    public let compression: SquashFSCompression
    /// What follows the superblock for the compression's sake; nothing if empty.
    public let options: [UInt8]
    let makeCompress: @Sendable () -> sending Compress

    /// `makeCompress` is called once for every thread; what it gives serves that thread alone.
    public init(
        _ compression: SquashFSCompression, options: [UInt8] = [],
        makeCompress: @escaping @Sendable () -> sending Compress
    ) {
        self.compression = compression
        self.options = options
        self.makeCompress = makeCompress
    }

    /// Identikit's own DEFLATE encoder in zlib streams (RFC 1950), which every kernel with squashfs reads.
    public static let zlib = BlockCompressor(.zlib) {
        let encoder = DeflateEncoder()
        return { ZlibStream.compress($0, with: encoder) }
    }

    /// The options of a zstd image: the level.
    public static func zstdOptions(level: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: level)
        return bytes
    }

    /// The options of an xz image: bytes of the dictionary, and that no filter is before it. An image whose
    /// dictionary is as large as its blocks needs none.
    public static func xzOptions(dictionarySize: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: UInt32(clamping: dictionarySize))
        bytes.append(little: UInt32(0))
        return bytes
    }
}
