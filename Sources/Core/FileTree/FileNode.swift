/// A file without its names: what POSIX calls an inode. Hard links are names of one node.
public struct FileNode: Sendable {
    public var kind: FileKind
    public var metadata: FileMetadata
    /// Empty for all but regular files.
    public var contents: FileContents
    /// True if the file lies where nothing writes at run time, so that it may be one with its equals.
    public var isShareable: Bool

    public init(
        kind: FileKind, metadata: FileMetadata, contents: FileContents = .empty, isShareable: Bool = false
    ) {
        self.kind = kind
        self.metadata = metadata
        self.contents = contents
        self.isShareable = isShareable
    }
}
