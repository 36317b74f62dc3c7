public import Bytes

/// Why an image could not be laid out or read. Offsets count in bytes from the start of the image.
public enum ISO9660Error: Error, Equatable, Sendable {
    /// The source failed.
    case stream(StreamError)

    /// `field` of a volume descriptor can't hold `text`: too long, or with other characters than it takes.
    case unusableText(field: String, text: String)
    /// The device numbers of `path` are beyond what Linux takes from Rock Ridge: 12 and 20 bits, and below 256 if
    /// the major number is 0.
    case deviceOutOfRange(path: ByteString)
    /// The directory `path` takes 4 GiB or more.
    case directoryTooLarge(path: ByteString)
    /// The image would have 2^32 sectors or more.
    case imageTooLarge(sectors: UInt64)
    /// The boot image `index` can't be used.
    case unusableBootEntry(index: Int, reason: String)
    /// `path` can't be stored as part of a boot image.
    case unusableAlias(path: ByteString, reason: String)
    /// `what`, of `count` bytes, does not fit the `limit` bytes that are kept for it.
    case noRoom(what: String, count: Int, limit: Int)

    /// There is no volume descriptor where one must be.
    case notISO9660(offset: UInt64)
    /// `what` at `offset` contradicts the format.
    case corrupt(what: String, offset: UInt64, reason: String)
    /// `what` asks for more than `limit`, which no honest image does.
    case limitExceeded(what: String, limit: UInt64, offset: UInt64)
}

extension ISO9660Error: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .unusableText(let field, let text):
            "\"\(text)\" can't be the \(field) of an ISO 9660 volume: it takes A-Z, 0-9 and _ up to its length"
        case .deviceOutOfRange(let path):
            "\(path): Linux reads device numbers of 12 and 20 bits from ISO 9660, and with major 0 a minor below 256; leave the device out"
        case .directoryTooLarge(let path): "\(path): a directory of ISO 9660 ends at 4 GiB; split it"
        case .imageTooLarge(let sectors):
            "\(sectors) sectors of 2048 bytes, an ISO 9660 volume ends at 8 TiB; use another output"
        case .unusableBootEntry(let index, let reason): "boot image \(index): \(reason)"
        case .unusableAlias(let path, let reason): "\(path): no part of a boot image: \(reason)"
        case .noRoom(let what, let count, let limit): "\(what): \(count) bytes, there is room for \(limit)"
        case .notISO9660(let offset): "no ISO 9660 volume: no volume descriptor at byte \(offset)"
        case .corrupt(let what, let offset, let reason): "\(what) at byte \(offset): \(reason)"
        case .limitExceeded(let what, let limit, let offset):
            "\(what) at byte \(offset) goes beyond \(limit), as no honest image does"
        }
    }
}
