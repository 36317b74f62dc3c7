public import Bytes

/// A file as the reader of a file system image found it.
public struct FoundFile: Sendable {
    /// Components separated by slashes, none at the ends: empty for the root.
    public var path: ByteString
    public var kind: FileKind
    public var metadata: FileMetadata
    /// Bytes of a regular file; 0 for all others.
    public var size: UInt64
    /// Equal for the names of one file, hard links, and for these only.
    public var fileNumber: UInt64

    public init(path: ByteString, kind: FileKind, metadata: FileMetadata, size: UInt64, fileNumber: UInt64) {
        self.path = path
        self.kind = kind
        self.metadata = metadata
        self.size = size
        self.fileNumber = fileNumber
    }
}

/// Reads the file system in an image: what looks into images, compares and verifies them is written
/// against this.
///
/// An image may be hostile: a reader is bounded in time and memory by the size of the image and by limits
/// that it names, follows no loop, and throws a typed error that says at which byte the image is wrong.
public protocol FileSystemReader {
    associatedtype Failure: Error
    /// The handle by which a file's bytes are found.
    associatedtype Handle

    /// Calls `body` for the root and for all that is below it, parents first, names of a directory sorted bytewise.
    func walk(_ body: (FoundFile, Handle) throws(Failure) -> Void) throws(Failure)

    /// The bytes of a regular file: exactly its size, or an error.
    func contents(of file: Handle) throws(Failure) -> any ByteSource
}
