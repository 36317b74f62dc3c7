public import Bytes

/// Why an image could not be laid out or read. Offsets are bytes from the start of the image.
public enum EROFSError: Error, Equatable, Sendable {
    /// The source or the sink failed.
    case stream(StreamError)
    /// The device numbers of `path` exceed the format's 12 (major) and 20 (minor) bits.
    case deviceOutOfRange(path: ByteString)
    /// The extended attribute `name` of `path` is not in a name space that the format supports.
    case unknownXattrNamespace(path: ByteString, name: ByteString)
    /// The name of an attribute of `path` after its prefix is longer than 255 bytes, or its value longer than 65,535.
    case xattrTooLarge(path: ByteString, name: ByteString)
    /// The attributes of `path` that cannot be shared take more than 262,148 bytes in total.
    case tooManyXattrs(path: ByteString)
    /// With `path` the image exceeds 2^32 blocks, 16 TiB.
    case imageTooLarge(path: ByteString)
    /// The volume name is longer than 16 bytes.
    case volumeNameTooLong(name: ByteString)

    /// No EROFS superblock was found at byte 1024.
    case badMagic
    /// The checksum of the superblock's block does not match.
    case badChecksum(expected: UInt32, found: UInt32)
    /// The image uses `feature` at `offset`, which this reader does not support.
    case unsupported(feature: String, offset: UInt64)
    /// The image ends at `size`, but `what` extends to `end`.
    case truncated(what: String, end: UInt64, size: UInt64)
    /// `what` at `offset` is malformed.
    case corrupt(what: String, offset: UInt64, reason: String)
    /// `what` exceeds this reader's limit.
    case limitExceeded(what: String, limit: UInt64, offset: UInt64)
}

extension EROFSError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .deviceOutOfRange(let path):
            "\(path): device numbers exceed the 12 bits (major) and 20 bits (minor) of EROFS"
        case .unknownXattrNamespace(let path, let name):
            "\(path): EROFS cannot store the attribute \(name); it supports user., trusted., security. and POSIX ACLs"
        case .xattrTooLarge(let path, let name):
            "\(path): the attribute \(name) is too large: EROFS allows 255 bytes of name and 65,535 of value"
        case .tooManyXattrs(let path):
            "\(path): the attributes exceed the limit of an EROFS inode, 262,148 bytes"
        case .imageTooLarge(let path): "\(path): with this file the EROFS image exceeds 16 TiB"
        case .volumeNameTooLong(let name): "\(name): an EROFS volume name is limited to 16 bytes"
        case .badMagic: "no EROFS superblock at byte 1024"
        case .badChecksum(let expected, let found):
            "EROFS superblock checksum mismatch: stored \(expected.hex), computed \(found.hex)"
        case .unsupported(let feature, let offset):
            "byte \(offset): unsupported EROFS feature: \(feature)"
        case .truncated(let what, let end, let size):
            "the image is truncated: it ends at byte \(size), but \(what) extends to byte \(end)"
        case .corrupt(let what, let offset, let reason): "byte \(offset): \(what): \(reason)"
        case .limitExceeded(let what, let limit, let offset):
            "byte \(offset): \(what) exceeds the limit of \(limit)"
        }
    }
}

extension UInt32 {
    fileprivate var hex: String { "0x" + String(self, radix: 16) }
}
