public import Bytes

/// Why an image could not be laid out or read. Offsets count in bytes from the start of the image.
public enum ISO9660Error: Error, Equatable, Sendable {
    /// The source failed.
    case stream(StreamError)

    /// `text` is too long or has invalid characters for `field` of a volume descriptor.
    case unusableText(field: String, text: String)
    /// The device numbers of `path` exceed what Linux reads from Rock Ridge: 12 and 20 bits, and below 256 if
    /// the major number is 0.
    case deviceOutOfRange(path: ByteString)
    /// The directory `path` takes 4 GiB or more.
    case directoryTooLarge(path: ByteString)
    /// The image would have 2^32 sectors or more.
    case imageTooLarge(sectors: UInt64)
    /// The boot image `index` is unusable.
    case unusableBootEntry(index: Int, reason: String)
    /// `path` cannot be stored as part of a boot image.
    case unusableAlias(path: ByteString, reason: String)
    /// `what` has `count` bytes and does not fit in the `limit` bytes reserved for it.
    case noRoom(what: String, count: Int, limit: Int)

    /// No volume descriptor was found where one is required.
    case notISO9660(offset: UInt64)
    /// `what` at `offset` is malformed.
    case corrupt(what: String, offset: UInt64, reason: String)
    /// `what` exceeds `limit`, which no legitimate image does.
    case limitExceeded(what: String, limit: UInt64, offset: UInt64)
}

extension ISO9660Error: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .unusableText(let field, let text):
            "\"\(text)\" is not a valid \(field) of an ISO 9660 volume: too long, or not only A-Z, 0-9 and _"
        case .deviceOutOfRange(let path):
            "\(path): Linux reads device numbers of 12 and 20 bits from ISO 9660, and with major 0 a minor below 256; leave the device out"
        case .directoryTooLarge(let path):
            "\(path): the directory is too large: an ISO 9660 directory is limited to 4 GiB; split it"
        case .imageTooLarge(let sectors):
            "\(sectors) sectors of 2048 bytes exceed the 8 TiB of an ISO 9660 volume; use another output format"
        case .unusableBootEntry(let index, let reason): "boot image \(index): \(reason)"
        case .unusableAlias(let path, let reason):
            "\(path): cannot be stored as part of a boot image: \(reason)"
        case .noRoom(let what, let count, let limit): "\(what): \(count) bytes do not fit in \(limit)"
        case .notISO9660(let offset): "not an ISO 9660 image: no volume descriptor at byte \(offset)"
        case .corrupt(let what, let offset, let reason): "\(what) at byte \(offset): \(reason)"
        case .limitExceeded(let what, let limit, let offset):
            "\(what) at byte \(offset) exceeds the limit of \(limit)"
        }
    }
}
