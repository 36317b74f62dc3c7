public import Bytes

/// Why an image could not be written or read. Offsets count from the start of the image.
public enum SquashFSError: Error, Equatable, Sendable {
    /// The source or the sink failed.
    case stream(StreamError)

    // Writing: found before anything is written, but for `tableTooLarge`.

    /// Data blocks have a power of two from 4 KiB to 1 MiB.
    case invalidBlockSize(Int)
    /// With the owner of `path` the tree has more than 65,535 distinct user and group ids.
    case tooManyIDs(path: ByteString)
    /// squashfs stores attributes named `user.`, `trusted.` and `security.` only.
    case unsupportedAttribute(path: ByteString, name: ByteString)
    /// The value of an attribute is longer than the 65,536 bytes that Linux returns.
    case attributeTooLarge(path: ByteString, name: ByteString, size: Int)
    /// The device numbers of `path` exceed 12 (major) and 20 (minor) bits.
    case deviceOutOfRange(path: ByteString)
    /// The names in the directory `path` take 4 GiB or more.
    case directoryTooLarge(path: ByteString)
    /// `table` takes 4 GiB or more, compressed, so its end cannot be referred to.
    case tableTooLarge(table: String)

    // Reading.

    /// No squashfs superblock was found at the start.
    case badMagic
    /// The image uses an unsupported squashfs feature.
    case unsupported(what: String)
    /// The structure `what` at `offset` is malformed.
    case invalid(what: String, offset: UInt64, reason: String)
    /// The directory `path` occurs twice in the tree, perhaps inside itself.
    case repeatedDirectory(path: ByteString)
    /// The image claims more of `what` than it can hold.
    case limitExceeded(what: String, limit: UInt64)
}

extension SquashFSError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .invalidBlockSize(let size):
            "squashfs: invalid block size \(size); it must be a power of two from 4096 to 1048576"
        case .tooManyIDs(let path):
            "\(path): squashfs is limited to 65,535 distinct user and group ids, and this file's owner exceeds it"
        case .unsupportedAttribute(let path, let name):
            "\(path): squashfs can't hold the attribute \(name), only user., trusted. and security.; remove it or use another format"
        case .attributeTooLarge(let path, let name, let size):
            "\(path): the attribute \(name) of \(size) bytes is too large: Linux reads at most 65,536 from squashfs"
        case .deviceOutOfRange(let path):
            "\(path): device numbers exceed the 12 bits (major) and 20 bits (minor) of squashfs"
        case .directoryTooLarge(let path):
            "\(path): the directory is too large: squashfs is limited to 4 GiB of names"
        case .tableTooLarge(let table):
            "squashfs: the \(table) reaches 4 GiB; use another format for this tree"
        case .badMagic: "no squashfs superblock at byte 0"
        case .unsupported(let what): "squashfs: unsupported \(what)"
        case .invalid(let what, let offset, let reason): "squashfs: the \(what) at byte \(offset): \(reason)"
        case .repeatedDirectory(let path): "squashfs: the directory \(path) occurs twice in the tree"
        case .limitExceeded(let what, let limit): "squashfs: more than \(limit) \(what)"
        }
    }
}
