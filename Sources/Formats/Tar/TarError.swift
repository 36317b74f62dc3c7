public import Bytes

/// Why an archive could not be read or written. Offsets count from the start of the (decompressed) stream.
public enum TarError: Error, Equatable, Sendable {
    /// The source or the sink failed.
    case stream(StreamError)
    /// The stream ends at `offset`, inside `what`.
    case truncated(what: String, offset: UInt64)
    /// The 512 bytes at `offset` are no header: their checksum field is wrong.
    case checksumMismatch(offset: UInt64)
    /// A block of zeros is followed by a block of something else: neither an end nor a member.
    case loneZeroBlock(offset: UInt64)
    /// The header field or extended record `field` of the header at `offset` holds no valid value.
    case invalidField(field: String, entry: ByteString, offset: UInt64)
    /// The extended header at `offset` holds a malformed record.
    case invalidRecord(entry: ByteString, offset: UInt64)
    /// The extended header at `offset` is longer than `TarLimits.extendedHeader` bytes.
    case extendedHeaderTooLong(entry: ByteString, size: UInt64, offset: UInt64)
    /// The header at `offset` has a type flag that nothing here can represent.
    case unsupportedType(flag: UInt8, entry: ByteString, offset: UInt64)
    /// The header at `offset` is a sparse file's; pack the layer without sparse files.
    case sparseFile(entry: ByteString, offset: UInt64)
    /// `field` of `entry` does not fit into the format asked for.
    case unrepresentable(field: String, entry: ByteString)
    /// The header of `entry` announces `expected` bytes of contents, `given` came.
    case lengthMismatch(entry: ByteString, expected: UInt64, given: UInt64)
}

public enum TarLimits {
    /// Bytes of one extended header (`x`, `g`, GNU `L`, `K`), the limit Go's archive/tar has too.
    public static let extendedHeader: UInt64 = 1 << 20
}
