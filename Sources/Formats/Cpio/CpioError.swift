public import Bytes

/// Why an archive could not be read or written. Offsets count from the start of the archive.
public enum CpioError: Error, Equatable, Sendable {
    /// The source or the sink failed.
    case stream(StreamError)
    /// The archive stops at `offset`, inside `what`.
    case truncated(what: String, offset: UInt64)
    /// No newc header was found at `offset`.
    case badMagic(offset: UInt64)
    /// The header field `field` at `offset` is invalid.
    case invalidField(field: String, offset: UInt64)
    /// `path` has 2^32 bytes or more, which the eight digits of newc cannot represent; use another output format.
    case fileTooLarge(path: ByteString, size: UInt64)
    /// `path` is longer than the 4095 bytes that the kernel accepts.
    case pathTooLong(path: ByteString)
    /// The device numbers of `path` exceed the 12 (major) and 20 (minor) bits that the kernel accepts.
    case deviceOutOfRange(path: ByteString)
}

extension CpioError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .truncated(let what, let offset): "the cpio archive ends at byte \(offset), inside \(what)"
        case .badMagic(let offset): "no newc header at byte \(offset)"
        case .invalidField(let field, let offset): "invalid \(field) in the newc header at byte \(offset)"
        case .fileTooLarge(let path, let size):
            "\(path): file of \(size) bytes is too large: a cpio archive holds files below 4 GiB; use a format with a file system"
        case .pathTooLong(let path): "\(path): the path is too long: the kernel accepts up to 4095 bytes"
        case .deviceOutOfRange(let path): "\(path): device numbers exceed 12 bits (major) and 20 bits (minor)"
        }
    }
}
