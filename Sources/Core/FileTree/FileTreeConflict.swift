public import Bytes

/// Something that two sources of files want at one place and that cannot be merged. The tree is built all the
/// same; what it lost is named here.
public enum FileTreeConflict: Hashable, Sendable {
    /// Why what is in a directory cannot move to where a symbolic link leads.
    public enum Obstacle: Hashable, Sendable {
        /// The link leads back to itself or through more than 40 links.
        case loop
        /// The link leads to, or through, the file at this path.
        case file(ByteString)
    }

    /// The directory `path` has content and stays; the symbolic link to `target` that came for its place was left out.
    case linkLeftOut(path: ByteString, target: ByteString, obstacle: Obstacle)
    /// A directory came for `path`, a symbolic link to `target`, which is gone now.
    case linkReplaced(path: ByteString, target: ByteString, obstacle: Obstacle)
    /// Something that is not a directory took the place of the directory `path` and all that was in it.
    case directoryReplaced(path: ByteString)
    /// The file `path` made way for a directory, which `needed`, the same path or one below it, asked for.
    case fileReplaced(path: ByteString, needed: ByteString)
    /// `path` was left out: `other`, the same path or one above it, came later and is something else.
    case leftOut(path: ByteString, other: ByteString)
}

extension FileTreeConflict: CustomStringConvertible {
    public var description: String {
        switch self {
        case .linkLeftOut(let path, let target, let obstacle):
            "/\(path): the symbolic link to \(target) was left out: a directory with files is in its place, and "
                + "they cannot move there: \(obstacle)"
        case .linkReplaced(let path, let target, let obstacle):
            "/\(path): a directory replaced the symbolic link to \(target): \(obstacle)"
        case .directoryReplaced(let path):
            "/\(path): a file replaced the directory of that name, and the files in /\(path)/ are lost"
        case .fileReplaced(let path, let needed):
            path == needed
                ? "/\(path): a directory replaced the file of that name, which is lost"
                : "/\(path): a directory for /\(needed) replaced the file of that name, which is lost"
        case .leftOut(let path, let other):
            path == other
                ? "/\(path): left out: a later entry of that name is of another type"
                : "/\(path): left out: /\(other) is a file"
        }
    }
}

extension FileTreeConflict.Obstacle: CustomStringConvertible {
    public var description: String {
        switch self {
        case .loop: "the link leads back to itself"
        case .file(let path): "/\(path) is not a directory"
        }
    }
}
