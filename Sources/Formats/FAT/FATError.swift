public import Bytes

/// Why a FAT volume could not be laid out or read. Offsets are bytes from the start of the volume.
public enum FATError: Error, Equatable, Sendable {
    /// The volume or its contents could not be read.
    case stream(StreamError)

    // What cannot be laid out.

    /// An option's value makes no volume.
    case invalidOption(String)
    /// A label has up to 11 characters out of A to Z, 0 to 9, space and some punctuation.
    case invalidLabel(ByteString)
    /// FAT cannot hold a name of `path` for the reason given.
    case unusableName(path: ByteString, reason: String)
    /// FAT ignores case: `path` and `other` are one name to it.
    case nameClash(path: ByteString, other: ByteString)
    /// A file ends at 4 GiB - 1.
    case fileTooLarge(path: ByteString, size: UInt64)
    /// FAT holds regular files and directories only; `kind` says what `path` is.
    case unsupportedKind(path: ByteString, kind: String)
    /// A directory has up to 65,536 entries of 32 bytes, of which a long name takes up to 20.
    case directoryTooLarge(path: ByteString)
    /// The files need `needed` bytes in a volume of `available`.
    case volumeTooSmall(needed: UInt64, available: UInt64)
    /// No width and size of clusters makes a volume of `size` bytes.
    case impossibleSize(size: UInt64, reason: String)

    // What is wrong with a volume that was read.

    /// The field `field` of the boot sector has a value that cannot be.
    case invalidField(field: String, value: UInt64)
    /// The volume has `size` bytes where the bytes given end at `available`.
    case truncated(size: UInt64, available: UInt64)
    /// `path` refers, at `offset`, to a cluster that no file can have.
    case badCluster(path: ByteString, cluster: UInt32, offset: UInt64)
    /// A cluster of `path` belongs to another file too, or to the same one once more, a loop.
    case crossLinked(path: ByteString, cluster: UInt32, offset: UInt64)
    /// The chain of `path` ends before its size.
    case chainTooShort(path: ByteString, size: UInt64, found: UInt64)
    /// The directory entry at `offset` has a name that no system takes.
    case invalidName(directory: ByteString, offset: UInt64)
    /// A directory has the same name twice.
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
        case .unusableName(let path, let reason): "\(path): FAT can't hold this name: \(reason)"
        case .nameClash(let path, let other):
            "\(path): FAT ignores case, to it this is the same name as \(other); rename one"
        case .fileTooLarge(let path, let size):
            "\(path): \(size) bytes, a FAT file has 4,294,967,295 at most; use another format"
        case .unsupportedKind(let path, let kind): "\(path): FAT can't hold a \(kind)"
        case .directoryTooLarge(let path):
            "\(path.isEmpty ? "the root" : "\(path)"): a FAT directory has up to 65,536 entries of 32 bytes"
        case .volumeTooSmall(let needed, let available):
            "the files need a FAT volume of \(needed) bytes, it has \(available); ask for a larger one"
        case .impossibleSize(let size, let reason): "no FAT volume has \(size) bytes: \(reason)"
        default: readingDescription
        }
    }

    private var readingDescription: String {
        switch self {
        case .invalidField(let field, let value): "the FAT boot sector has no valid \(field): \(value)"
        case .truncated(let size, let available):
            "the FAT volume has \(size) bytes, the image stops at byte \(available)"
        case .badCluster(let path, let cluster, let offset):
            "\(path): no file has cluster \(cluster), which byte \(offset) names"
        case .crossLinked(let path, let cluster, let offset):
            "\(path): cluster \(cluster), which byte \(offset) names, is in use already"
        case .chainTooShort(let path, let size, let found):
            "\(path): \(size) bytes, its clusters have only \(found)"
        case .invalidName(let directory, let offset):
            "\(directory.isEmpty ? "the root" : "\(directory)"): no valid name at byte \(offset)"
        case .duplicateName(let path, let offset): "\(path): the name is there twice, again at byte \(offset)"
        case .pathTooLong(let path): "\(path): paths end at 4095 bytes"
        default: ""
        }
    }
}
