public import Bytes

/// Why an image could not be written or read. Offsets count from the start of the image.
public enum SquashFSError: Error, Equatable, Sendable {
    /// The source or the sink failed.
    case stream(StreamError)

    // Writing: found before anything is written, but for `tableTooLarge`.

    /// Data blocks have a power of two from 4 KiB to 1 MiB.
    case invalidBlockSize(Int)
    /// With the owner of `path` the tree has more than 65,535 different user and group ids.
    case tooManyIDs(path: ByteString)
    /// squashfs holds attributes named `user.`, `trusted.` and `security.` only.
    case unsupportedAttribute(path: ByteString, name: ByteString)
    /// The value of an attribute is longer than the 65,536 bytes that Linux gives out.
    case attributeTooLarge(path: ByteString, name: ByteString, size: Int)
    /// The device numbers of `path` are beyond 12 and 20 bits.
    case deviceOutOfRange(path: ByteString)
    /// The names in the directory `path` take 4 GiB or more.
    case directoryTooLarge(path: ByteString)
    /// `table` is 4 GiB or more, compressed, so that nothing can refer to its end.
    case tableTooLarge(table: String)

    // Reading.

    /// There is no squashfs superblock at the start.
    case badMagic
    /// What the image asks for is squashfs, but not of a kind that is read here.
    case unsupported(what: String)
    /// The structure `what` at `offset` contradicts the format.
    case invalid(what: String, offset: UInt64, reason: String)
    /// The directory `path` is in the tree a second time, perhaps inside itself.
    case repeatedDirectory(path: ByteString)
    /// The image asks for more of `what` than it can hold.
    case limitExceeded(what: String, limit: UInt64)
}

extension SquashFSError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .invalidBlockSize(let size):
            "squashfs: a block size of \(size); it must be a power of two from 4096 to 1048576"
        case .tooManyIDs(let path):
            "\(path): squashfs holds 65,535 different user and group ids, and this file's owner is one more"
        case .unsupportedAttribute(let path, let name):
            "\(path): squashfs can't hold the attribute \(name), only user., trusted. and security.; remove it or use another format"
        case .attributeTooLarge(let path, let name, let size):
            "\(path): the attribute \(name) has \(size) bytes, Linux reads 65,536 of a squashfs at most"
        case .deviceOutOfRange(let path): "\(path): squashfs holds device numbers of 12 and 20 bits"
        case .directoryTooLarge(let path): "\(path): squashfs holds directories below 4 GiB of names"
        case .tableTooLarge(let table):
            "squashfs: the \(table) reaches 4 GiB; use another format for this tree"
        case .badMagic: "no squashfs superblock at byte 0"
        case .unsupported(let what): "squashfs: \(what), which is not read here"
        case .invalid(let what, let offset, let reason): "squashfs: the \(what) at byte \(offset): \(reason)"
        case .repeatedDirectory(let path): "squashfs: the directory \(path) is in the tree a second time"
        case .limitExceeded(let what, let limit): "squashfs: more than \(limit) \(what)"
        }
    }
}
