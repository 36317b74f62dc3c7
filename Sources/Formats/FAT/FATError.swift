public import Bytes

/// Why a FAT volume could not be laid out or read. Offsets are bytes from the start of the volume.
public enum FATError: Error, Equatable, Sendable {
    /// The volume or its contents could not be read.
    case stream(StreamError)

    // Writing.

    /// An option has an invalid value.
    case invalidOption(String)
    /// A label has up to 11 characters out of A to Z, 0 to 9, space and some punctuation.
    case invalidLabel(ByteString)
    /// FAT cannot store a name in `path`, for the given reason.
    case unusableName(path: ByteString, reason: String)
    /// FAT ignores case: `path` and `other` have the same name.
    case nameClash(path: ByteString, other: ByteString)
    /// The file is larger than 4 GiB - 1.
    case fileTooLarge(path: ByteString, size: UInt64)
    /// FAT stores regular files and directories only; `kind` is the kind of `path`.
    case unsupportedKind(path: ByteString, kind: String)
    /// A directory has up to 65,536 entries of 32 bytes, of which a long name takes up to 20.
    case directoryTooLarge(path: ByteString)
    /// The files need `needed` bytes, but the volume has `available`.
    case volumeTooSmall(needed: UInt64, available: UInt64)
    /// No FAT type and cluster size gives a volume of `size` bytes.
    case impossibleSize(size: UInt64, reason: String)

    // Reading.

    /// The field `field` of the boot sector is invalid.
    case invalidField(field: String, value: UInt64)
    /// The volume has `size` bytes, but the input ends at `available`.
    case truncated(size: UInt64, available: UInt64)
    /// `path` refers, at `offset`, to an invalid cluster.
    case badCluster(path: ByteString, cluster: UInt32, offset: UInt64)
    /// A cluster of `path` is also used by another file, or twice by the same one (a loop).
    case crossLinked(path: ByteString, cluster: UInt32, offset: UInt64)
    /// The chain of `path` ends before its size.
    case chainTooShort(path: ByteString, size: UInt64, found: UInt64)
    /// The directory entry at `offset` has an invalid name.
    case invalidName(directory: ByteString, offset: UInt64)
    /// A directory contains the same name twice.
    case duplicateName(path: ByteString, offset: UInt64)
    /// A path has more than 4095 bytes.
    case pathTooLong(path: ByteString)
}

extension FATError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .invalidOption(let text): text
        case .invalidLabel(let label):
            "\(label): a FAT label has up to 11 characters: A to Z, 0 to 9, space and !#$%&'()-@^_`{}~"
        case .unusableName(let path, let reason): "\(path): FAT cannot store this name: \(reason)"
        case .nameClash(let path, let other):
            "\(path): conflicts with \(other), because FAT ignores case; rename one"
        case .fileTooLarge(let path, let size):
            "\(path): file of \(size) bytes is too large: the limit of FAT is 4,294,967,295; use another format"
        case .unsupportedKind(let path, let kind): "\(path): FAT cannot store a \(kind)"
        case .directoryTooLarge(let path):
            "\(path.isEmpty ? "the root" : "\(path)"): a FAT directory has up to 65,536 entries of 32 bytes"
        case .volumeTooSmall(let needed, let available):
            "the files need \(needed) bytes, but the FAT volume has \(available); request a larger size"
        case .impossibleSize(let size, let reason): "a FAT volume cannot have \(size) bytes: \(reason)"
        default: readingDescription
        }
    }

    private var readingDescription: String {
        switch self {
        case .invalidField(let field, let value): "invalid \(field) in the FAT boot sector: \(value)"
        case .truncated(let size, let available):
            "the FAT volume is truncated: it has \(size) bytes, but the image ends at byte \(available)"
        case .badCluster(let path, let cluster, let offset):
            "\(path): invalid cluster \(cluster), referenced at byte \(offset)"
        case .crossLinked(let path, let cluster, let offset):
            "\(path): cluster \(cluster), referenced at byte \(offset), is already in use"
        case .chainTooShort(let path, let size, let found):
            "\(path): the file has \(size) bytes, but its clusters hold only \(found)"
        case .invalidName(let directory, let offset):
            "\(directory.isEmpty ? "the root" : "\(directory)"): invalid name at byte \(offset)"
        case .duplicateName(let path, let offset): "\(path): duplicate name, again at byte \(offset)"
        case .pathTooLong(let path): "\(path): the path is longer than 4095 bytes"
        default: ""
        }
    }
}
