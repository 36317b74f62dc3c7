internal import Checksums

/// The frame of a gzip member (RFC 1952, section 2.3).
public enum GzipMember {
    /// No name, no comment, no time; XFL 0 and OS 255 ("unknown"), so that neither the
    /// host nor the encoder's effort shows.
    public static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]

    /// CRC-32 and size (modulo 2^32) of the data, little-endian.
    public static func trailer(crc: UInt32, count: UInt64) -> [UInt8] {
        let value = UInt64(crc) | UInt64(UInt32(truncatingIfNeeded: count)) << 32
        return (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// A member of its own for `input`, of at most `DeflateEncoder.largestInput` bytes.
    public static func compress(_ input: UnsafeRawBufferPointer, with encoder: DeflateEncoder) -> [UInt8] {
        var member = header
        encoder.compress(input, last: true, into: &member)
        return member + trailer(crc: CRC32.checksum(input), count: UInt64(input.count))
    }
}

/// The frame of a zlib stream (RFC 1950).
public enum ZlibStream {
    /// CM 8, CINFO 7 (a window of 32 KiB), FLEVEL 2 (the default algorithm), no dictionary.
    public static let header: [UInt8] = [0x78, 0x9c]

    /// A stream for `input`, of at most `DeflateEncoder.largestInput` bytes.
    public static func compress(_ input: UnsafeRawBufferPointer, with encoder: DeflateEncoder) -> [UInt8] {
        var stream = header
        encoder.compress(input, last: true, into: &stream)
        let sum = Adler32.checksum(input)
        return stream + (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - $0 * 8)) }
    }
}
