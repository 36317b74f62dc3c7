public import Bytes

/// Why an archive could not be read or written. Offsets count from the start of the (decompressed) stream.
public enum TarError: Error, Equatable, Sendable {
    /// The source or the sink failed.
    case stream(StreamError)
    /// The stream ends at `offset`, inside `what`.
    case truncated(what: String, offset: UInt64)
    /// The 512 bytes at `offset` are not a header: the checksum does not match.
    case checksumMismatch(offset: UInt64)
    /// A single block of zeros is followed by other data: neither an end nor a member.
    case loneZeroBlock(offset: UInt64)
    /// The header field or extended record `field` of the header at `offset` is invalid.
    case invalidField(field: String, entry: ByteString, offset: UInt64)
    /// The extended header at `offset` holds a malformed record.
    case invalidRecord(entry: ByteString, offset: UInt64)
    /// The extended header at `offset` is longer than `TarLimits.extendedHeader` bytes.
    case extendedHeaderTooLong(entry: ByteString, size: UInt64, offset: UInt64)
    /// The header at `offset` has an unsupported type flag.
    case unsupportedType(flag: UInt8, entry: ByteString, offset: UInt64)
    /// The header at `offset` is of a sparse file, which is not enabled or has an unknown form.
    case sparseFile(entry: ByteString, offset: UInt64)
    /// `field` of `entry` cannot be represented in the requested format.
    case unrepresentable(field: String, entry: ByteString)
    /// The header of `entry` announces `expected` bytes of contents, but `given` were written.
    case lengthMismatch(entry: ByteString, expected: UInt64, given: UInt64)
}

public enum TarLimits {
    /// Bytes of one extended header (`x`, `g`, GNU `L`, `K`), the limit Go's archive/tar has too.
    public static let extendedHeader: UInt64 = 1 << 20
    /// Pieces of a sparse file that are read: 24 bytes of an archive each.
    public static let sparsePieces = 1 << 20
}

extension TarError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .truncated(let what, let offset):
            "the tar archive is truncated at byte \(offset), inside \(what)"
        case .checksumMismatch(let offset): "no tar header at byte \(offset): its checksum is wrong"
        case .loneZeroBlock(let offset): "a lone block of zeros at byte \(offset)"
        case .invalidField(let field, let entry, let offset):
            "\(entry): invalid \(field) in the header at byte \(offset)"
        case .invalidRecord(let entry, let offset):
            "\(entry): malformed record in the extended header at byte \(offset)"
        case .extendedHeaderTooLong(let entry, let size, let offset):
            "\(entry): the extended header at byte \(offset) has \(size) bytes, the limit is "
                + "\(TarLimits.extendedHeader)"
        case .unsupportedType(let flag, let entry, let offset):
            "\(entry): unsupported type \(flag) in the header at byte \(offset)"
        case .sparseFile(let entry, let offset):
            "\(entry): unsupported sparse file at byte \(offset); pack it without holes"
        case .unrepresentable(let field, let entry): "\(entry): a tar header cannot represent its \(field)"
        case .lengthMismatch(let entry, let expected, let given):
            "\(entry): the header announces \(expected) bytes of contents, but \(given) were written"
        }
    }
}
