internal import SquashFS

/// How the blocks of a squashfs root file system are compressed.
///
/// `gzip` is Identikit's own encoder, so that the same tree gives the same bytes everywhere. The others are the
/// libraries of the machine that builds: smaller images whose bytes change with the libraries' versions.
public enum RootCompression: String, Sendable, CaseIterable {
    case gzip
    case xz
    case zstd
}

extension RootCompression {
    var compressor: BlockCompressor { .zlib }
}
