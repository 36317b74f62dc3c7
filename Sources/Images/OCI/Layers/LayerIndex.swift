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
    /// Bytes of contents.
    public var dataLength: UInt64
    /// SHA-256 of the contents.
    public var contentDigest: SHA256Digest

    /// A reference to the contents in the layer `diffID`.
    func contents(in diffID: SHA256Digest) -> FileContents {
        guard dataLength > 0 else { return .empty }
        return .blob(
            digest: diffID, offset: dataOffset, length: dataLength, contentDigest: contentDigest)
    }
}
