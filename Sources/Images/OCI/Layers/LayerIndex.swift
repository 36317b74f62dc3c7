public import Digests
public import Tar
internal import FileTree

/// What is in a layer, without its contents: made once, when the layer is imported.
public struct LayerIndex: Sendable {
    /// The digest of the uncompressed tar that the entries are in.
    public let diffID: SHA256Digest
    /// Bytes of that tar.
    public let tarLength: UInt64
    /// In the order of the tar.
    public internal(set) var entries: [LayerEntry]
}

/// One member of a layer.
public struct LayerEntry: Hashable, Sendable {
    /// As the tar has it.
    public var header: TarHeader
    /// Where its first header block is in the tar: for messages.
    public var headerOffset: UInt64
    /// Where its contents are in the tar.
    public var dataOffset: UInt64
    /// Bytes of contents in the tar; those of a sparse file's pieces.
    public var dataLength: UInt64
    /// Where in a sparse file its pieces belong; nil for a file that the tar holds whole.
    public var sparseMap: [Range<UInt64>]?
    /// SHA-256 of the contents, holes included.
    public var contentDigest: SHA256Digest

    /// Bytes of the file.
    var contentLength: UInt64 { sparseMap == nil ? dataLength : header.size }

    /// A reference to the contents in the layer `diffID`.
    func contents(in diffID: SHA256Digest) -> FileContents {
        guard contentLength > 0 else { return .empty }
        // A store finds a sparse file by what it holds.
        if sparseMap != nil {
            return .blob(
                digest: contentDigest, offset: 0, length: contentLength, contentDigest: contentDigest)
        }
        return .blob(
            digest: diffID, offset: dataOffset, length: dataLength, contentDigest: contentDigest)
    }

    /// Nil for a file that the tar holds whole.
    func sparseFile(in diffID: SHA256Digest) -> SparseFile? {
        sparseMap.map { SparseFile(diffID: diffID, dataOffset: dataOffset, pieces: $0, size: header.size) }
    }
}
