internal import CLzma
internal import CZstd

/// Encoders of C libraries, for those who ask for them.
///
/// Their bytes differ from version to version of the library, so an output that holds them is outside the
/// promise of being the same on every host. Whoever uses one records `version` in the output's provenance.
public enum LibraryCompression {
    /// The library behind an encoder, with its version: "liblzma 5.4.1", "libzstd 1.5.4".
    public static func version(of format: Format) -> String {
        switch format {
        case .xz: "liblzma \(String(cString: lzma_version_string()))"
        case .zstd: "libzstd \(String(cString: ZSTD_versionString()))"
        }
    }

    public enum Format: String, Sendable, CaseIterable {
        case xz
        case zstd
    }
}
