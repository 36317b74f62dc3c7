public import Bytes

/// Why an image could not be laid out or read. Offsets are bytes from the start of the image.
public enum EROFSError: Error, Equatable, Sendable {
    /// The source or the sink failed.
    case stream(StreamError)
    /// The device numbers of `path` are beyond the 12 and 20 bits that the format has.
    case deviceOutOfRange(path: ByteString)
    /// The extended attribute `name` of `path` is in none of the format's name spaces.
    case unknownXattrNamespace(path: ByteString, name: ByteString)
    /// The name of an attribute of `path` after its prefix is longer than 255 bytes, or its value longer than 65,535.
    case xattrTooLarge(path: ByteString, name: ByteString)
    /// The attributes of `path` that can't be shared take more than 262,148 bytes together.
    case tooManyXattrs(path: ByteString)
    /// With `path` the image has more than 2^32 blocks, 16 TiB.
    case imageTooLarge(path: ByteString)
    /// A volume name has 16 bytes at most.
    case volumeNameTooLong(name: ByteString)

    /// There is no EROFS superblock at byte 1024.
    case badMagic
    /// The superblock's block has another checksum than the superblock says.
    case badChecksum(expected: UInt32, found: UInt32)
    /// The image, valid or not, uses `feature` at `offset`, which this reader does not know.
    case unsupported(feature: String, offset: UInt64)
    /// The image stops at `size`, but `what` goes on to `end`.
    case truncated(what: String, end: UInt64, size: UInt64)
    /// What stands at `offset` contradicts the format.
    case corrupt(what: String, offset: UInt64, reason: String)
    /// `what` is beyond what this reader takes from any image.
    case limitExceeded(what: String, limit: UInt64, offset: UInt64)
}

extension EROFSError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .deviceOutOfRange(let path):
            "\(path): EROFS has 12 bits for a major device number, 20 for a minor"
        case .unknownXattrNamespace(let path, let name):
            "\(path): EROFS can't hold the attribute \(name), only user, trusted, security and POSIX ACLs"
        case .xattrTooLarge(let path, let name):
            "\(path): the attribute \(name) is too large for EROFS: 255 bytes of name, 65,535 of value"
        case .tooManyXattrs(let path):
            "\(path): its attributes take more than the 262,148 bytes that an EROFS inode can have"
        case .imageTooLarge(let path): "\(path): with this file the EROFS image is beyond 16 TiB"
        case .volumeNameTooLong(let name): "\(name): an EROFS volume name has 16 bytes at most"
        case .badMagic: "no EROFS superblock at byte 1024"
        case .badChecksum(let expected, let found):
            "the EROFS superblock's checksum is \(found.hex), not \(expected.hex) as it says"
        case .unsupported(let feature, let offset):
            "byte \(offset): EROFS with \(feature), which is not read here"
        case .truncated(let what, let end, let size):
            "the image stops at byte \(size), but \(what) goes on to byte \(end)"
        case .corrupt(let what, let offset, let reason): "byte \(offset): \(what): \(reason)"
        case .limitExceeded(let what, let limit, let offset): "byte \(offset): \(what) beyond \(limit)"
        }
    }
}

extension UInt32 {
    fileprivate var hex: String { "0x" + String(self, radix: 16) }
}
