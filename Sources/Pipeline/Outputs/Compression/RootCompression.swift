internal import LibraryCompression
internal import SquashFS
internal import Zstandard

/// The compression of the blocks of a squashfs root file system, requested for squashfs alone.
///
/// `gzip` is Identikit's own encoder, so that the same tree gives the same bytes everywhere. The others are the
/// libraries of the build machine: images are smaller, but their bytes depend on the libraries' versions.
public enum RootCompression: String, Sendable, CaseIterable {
    case gzip
    case xz
    case zstd
}

extension RootCompression {
    /// The library whose version the bytes depend on: "libzstd 1.5.4"; nil for our own encoder.
    public var library: String? {
        switch self {
        case .gzip: nil
        case .xz: LibraryCompression.version(of: .xz)
        case .zstd: LibraryCompression.version(of: .zstd)
        }
    }

    /// The compressor for blocks of `blockSize` bytes.
    func compressor(blockSize: Int) -> BlockCompressor {
        switch self {
        case .gzip: .zlib
        case .xz:
            BlockCompressor(.xz, options: BlockCompressor.xzOptions(dictionarySize: blockSize)) {
                let encoder = XzEncoder(dictionarySize: blockSize)
                return { encoder.compress($0) }
            }
        case .zstd:
            BlockCompressor(
                .zstd, options: BlockCompressor.zstdOptions(level: ZstdEncoder.defaultLevel)
            ) {
                let encoder = ZstdEncoder()
                return { encoder.compress($0) }
            }
        }
    }
}

extension OwnCompression {
    /// The compressor for blocks of squashfs, and the form of its blocks in the cache; nil if they are not cached.
    var squashFS: (compressor: BlockCompressor, form: BlockForm?) {
        switch self {
        case .gzip: (.zlib, .zlibStream)
        case .zstd: (.zstandard, .zstandardFrame)
        case .none: (BlockCompressor(.zlib) { { _ in nil } }, nil)
        }
    }
}

extension BlockCompressor {
    /// Identikit's own Zstandard encoder, a frame for each block.
    static let zstandard = BlockCompressor(.zstd) {
        let encoder = ZstandardEncoder()
        return { block in
            let frame = encoder.frame(block)
            return frame.count < block.count ? frame : nil
        }
    }
}
