/// The compression requested for initrds and squashfs root file systems.
public enum CompressionRequest: String, Sendable, CaseIterable {
    case gzip
    case zstd
    case none
    /// zstd if the kernel's configuration shows that the kernel can decompress it, gzip otherwise.
    case auto
}

/// A compression by Identikit's own encoders, whose bytes are the same everywhere.
enum OwnCompression: Sendable {
    case gzip
    case zstd
    case none
}

extension OutputForm {
    /// The compression of the initrd unless another one is requested: gzip where people and scripts unpack the
    /// file, and what the kernel supports where only the kernel reads it.
    var defaultCompression: CompressionRequest {
        switch self {
        case .cd, .disk: .auto
        case .entries, .files, .archivedInitrd, .raspberryPiCard, .biosRootCD, .efiRootCD: .gzip
        }
    }
}
