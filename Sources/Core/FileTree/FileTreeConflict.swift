public import Bytes

/// Two entries with the same path that cannot be merged. The tree is built anyway; the conflict names what was
/// dropped.
public enum FileTreeConflict: Hashable, Sendable {
    /// Why the contents of a directory cannot move to the target of a symbolic link.
    public enum Obstacle: Hashable, Sendable {
        /// The link leads back to itself or through more than 40 links.
        case loop
        /// The link leads to, or through, the file at this path.
        case file(ByteString)
    }

    /// The directory `path` is not empty and stays; a later symbolic link to `target` at that path was dropped.
    case linkLeftOut(path: ByteString, target: ByteString, obstacle: Obstacle)
    /// A later directory at `path` replaced a symbolic link to `target`.
    case linkReplaced(path: ByteString, target: ByteString, obstacle: Obstacle)
    /// A non-directory replaced the directory `path` and everything in it.
    case directoryReplaced(path: ByteString)
    /// A directory replaced the file `path`, because `needed` (the same path or one below it) requires it.
    case fileReplaced(path: ByteString, needed: ByteString)
    /// `path` was dropped: `other`, the same path or one above it, came later and has another type.
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
