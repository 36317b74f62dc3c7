public import Bytes

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

extension Compression {
    /// Bytes of the header of a skippable frame, which zstd (RFC 8878, 3.1.2) and LZ4 share.
    static let skippableHeaderLength = 8
    /// As many leading skippable frames as are looked through to tell zstd from LZ4.
    private static let skippableFrameLimit = 1024

    /// The bytes of the skippable frame that `start` is the start of; nil if it is something else.
    static func skippableFrameLength(_ start: [UInt8]) -> UInt64? {
        guard start.count >= skippableHeaderLength, start[0] & 0xf0 == 0x50,
            start[1...3].elementsEqual([0x2a, 0x4d, 0x18])
        else { return nil }
        let size = start[4..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return UInt64(skippableHeaderLength) + size
    }

    /// The format of `bytes`: what its first bytes announce, or those after leading skippable frames, as pzstd
    /// writes them. Nil if it is none of these formats.
    public static func detected(in bytes: some RandomAccessBytes) throws(StreamError) -> Compression? {
        var offset: UInt64 = 0
        for _ in 0..<skippableFrameLimit {
            let length = Int(min(bytes.count - offset, UInt64(skippableHeaderLength)))
            let start = try bytes.bytes(at: offset, length: length, of: "the start of compressed data")
            guard let frame = skippableFrameLength(start) else {
                let found = Compression(detecting: start)
                return offset == 0 || found == .zstd || found == .lz4 ? found : nil
            }
            let (next, overflow) = offset.addingReportingOverflow(frame)
            if overflow || next > bytes.count { return nil }
            // Nothing but skippable frames is a zstd file of nothing.
            if next == bytes.count { return .zstd }
            offset = next
        }
        return .zstd
    }
}

/// Formats that people meet in place of one that can be read, by what they start with.
public enum UnsupportedFormat: String, CaseIterable, Sendable, CustomStringConvertible {
    case bzip2
    case lzip
    case lzop
    case compress
    case zip = "ZIP"
    case sevenZip = "7-Zip"

    private var magic: [UInt8] {
        switch self {
        case .bzip2: [0x42, 0x5a, 0x68]
        case .lzip: [0x4c, 0x5a, 0x49, 0x50]
        case .lzop: [0x89, 0x4c, 0x5a, 0x4f]
        case .compress: [0x1f, 0x9d]
        case .zip: [0x50, 0x4b, 0x03, 0x04]
        case .sevenZip: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]
        }
    }

    public init?(detecting start: some Collection<UInt8>) {
        for format in Self.allCases where start.starts(with: format.magic) {
            self = format
            return
        }
        return nil
    }

    public var description: String { rawValue }
}
