public import Bytes

/// Why an archive could not be read or written. Offsets count from the start of the archive.
public enum CpioError: Error, Equatable, Sendable {
    /// The source or the sink failed.
    case stream(StreamError)
    /// The archive stops at `offset`, inside `what`.
    case truncated(what: String, offset: UInt64)
    /// There is no newc header at `offset`.
    case badMagic(offset: UInt64)
    /// The header field `field` at `offset` holds no valid value.
    case invalidField(field: String, offset: UInt64)
    /// `path` has 2^32 bytes or more, which newc's eight digits can't say; use another output for it.
    case fileTooLarge(path: ByteString, size: UInt64)
    /// `path` is longer than the 4095 bytes that the kernel takes.
    case pathTooLong(path: ByteString)
    /// The device numbers of `path` are beyond the 12 and 20 bits that the kernel takes.
    case deviceOutOfRange(path: ByteString)
}

extension CpioError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .truncated(let what, let offset): "the archive stops at byte \(offset), inside \(what)"
        case .badMagic(let offset): "no newc header at byte \(offset)"
        case .invalidField(let field, let offset): "the newc header at byte \(offset) has no valid \(field)"
        case .fileTooLarge(let path, let size):
            "\(path): \(size) bytes, a cpio archive holds files below 4 GiB; use a format with a file system"
        case .pathTooLong(let path): "\(path): the kernel takes paths of up to 4095 bytes"
        case .deviceOutOfRange(let path): "\(path): device numbers beyond 12 and 20 bits"
        }
    }
}
