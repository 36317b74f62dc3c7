public import Bytes

/// Why a list of files is not a valid tree.
public enum FileTreeError: Error, Equatable, Sendable {
    /// `path` has a `..` and could lead out of the tree.
    case escapingPath(path: ByteString)
    /// A component of `path` is longer than 255 bytes, the limit of Linux's file systems, or contains a NUL.
    case unusableName(path: ByteString)
    /// The symbolic link `path` has no target or one longer than 4095 bytes: Linux cannot create it.
    case unusableTarget(path: ByteString)
    /// Something in the directory `path`, links resolved, would have a path longer than 4095 bytes.
    case pathTooLong(path: ByteString)
    /// Following `path` takes more than 40 symbolic links (ELOOP); `link` is the last one.
    case tooManyLinks(path: ByteString, link: ByteString)
    /// Symbolic links over directories, the last one at `path`, move more than `limit` names.
    case tooManyMoves(path: ByteString, limit: Int)
    /// The target of the hard link `path`, `target`, does not exist.
    case missingLinkTarget(path: ByteString, target: ByteString)
    /// The target of the hard link `path`, `target`, is a directory.
    case linkToDirectory(path: ByteString, target: ByteString)
    /// The root can only be a directory.
    case rootIsNoDirectory(path: ByteString)
    /// `field` of `path`, an owner or a device number, does not fit in 32 bits.
    case outOfRange(field: String, path: ByteString)
    /// More than 2^31 - 1 names or 4 GiB of them.
    case tooManyNames
}

extension FileTreeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .escapingPath(let path): "\(path): the path contains .. and could lead out of the tree"
        case .unusableName(let path): "\(path): a name is longer than 255 bytes or contains a NUL"
        case .unusableTarget(let path): "\(path): a symbolic link needs a target of 1 to 4095 bytes"
        case .pathTooLong(let path): "\(path): the path is longer than 4095 bytes"
        case .tooManyLinks(let path, let link):
            "\(path): more than 40 symbolic links on the way, the last one \(link); perhaps they form a loop"
        case .tooManyMoves(let path, let limit):
            "\(path): symbolic links in the place of directories move more than \(limit) files"
        case .missingLinkTarget(let path, let target):
            "\(path): hard link target not found: \(target)"
        case .linkToDirectory(let path, let target): "\(path): hard link target is a directory: \(target)"
        case .rootIsNoDirectory(let path): "\(path): the root can only be a directory"
        case .outOfRange(let field, let path): "\(path): its \(field) does not fit in 32 bits"
        case .tooManyNames: "more than 2,147,483,647 names or 4 GiB of them"
        }
    }
}
