public import Bytes
internal import Digests
internal import FileTree
internal import ISO9660

/// The CD by which a guest gets its metadata: a file `config`, as LinuxKit's `--data` makes it and its metadata package
/// reads it.
public enum MetadataDisc {
    /// Writes the CD with `data` to `sink`.
    public static func write<Sink: ByteSink & ~Copyable>(
        _ data: [UInt8], to sink: consuming Sink
    ) throws -> Sink {
        let stamp = BuildStamp()
        var builder = FileTree.Builder(stamp: stamp.time)
        let metadata = FileMetadata(permissions: 0o644, modified: stamp.time)
        try builder.add(
            "config", FileNode(kind: .regular, metadata: metadata, contents: .bytes(ByteString(data))))
        var sink = sink
        let options = ISO9660Options(volumeID: "CONFIG", stamp: stamp)
        let image = try ISO9660Image(tree: builder.freeze(), options: options)
        try image.extents.write(to: &sink, from: NoBlobs())
        return sink
    }

    private struct NoBlobs: BlobStore {
        func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes { ByteArrayAccess([]) }
    }
}
