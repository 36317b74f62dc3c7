public import FileTree

/// One member of a tar stream: its header and a reference to its contents.
public struct TarEntry: Hashable, Sendable {
    public var header: TarHeader
    /// Empty for all but regular files.
    public var contents: FileContents

    public init(header: TarHeader, contents: FileContents = .empty) {
        self.header = header
        self.contents = contents
    }
}
