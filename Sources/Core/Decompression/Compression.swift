/// A compressed format that can be read. Which library wrote it does not matter.
public enum Compression: String, Sendable, CaseIterable, CustomStringConvertible {
    /// RFC 1952, one member or several.
    case gzip
    /// RFC 1950. Its two header bytes are too weak a mark to be detected.
    case zlib
    /// RFC 8878, one frame or several, skippable ones included.
    case zstd
    /// The .xz file format 1.1.0, one stream or several.
    case xz
    /// The LZ4 frame format 1.6.
    case lz4
    /// LZ4's first format, which `lz4 -l` writes and the Linux kernel reads.
    case lz4Legacy = "lz4-legacy"

    /// As many first bytes as `init(detecting:)` ever looks at.
    public static let magicLength = 6

    /// The bytes every file of this format starts with; none if there is no such mark.
    public var magic: [UInt8] {
        switch self {
        case .gzip: [0x1f, 0x8b, 0x08]
        case .zlib: []
        case .zstd: [0x28, 0xb5, 0x2f, 0xfd]
        case .xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
        case .lz4: [0x04, 0x22, 0x4d, 0x18]
        case .lz4Legacy: [0x02, 0x21, 0x4c, 0x18]
        }
    }

    /// The format that the first bytes of a file announce, if they announce one.
    public init?(detecting start: some Collection<UInt8>) {
        for format in Self.allCases where !format.magic.isEmpty && start.starts(with: format.magic) {
            self = format
            return
        }
        return nil
    }

    public var description: String { rawValue }
}
