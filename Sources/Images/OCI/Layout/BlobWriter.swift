public import Bytes
internal import Digests
internal import Host

/// Writes one blob of a layout, hashing as it goes; it appears under its digest, whole or not at all.
public struct BlobWriter: ~Copyable, ByteSink {
    private let directory: String
    private var file: AtomicFile
    private var hasher = SHA256Hasher()

    init(directory: String) throws(StreamError) {
        self.directory = directory
        file = try AtomicFile(path: "\(directory)/blob")
    }

    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        hasher.update(bytes)
        try file.write(bytes)
    }

    /// The digest of what was written so far.
    var digest: SHA256Digest { hasher.finalize() }

    /// Gives the blob its name.
    public consuming func commit(mediaType: MediaType) throws(StreamError) -> Descriptor {
        let digest = hasher.finalize()
        let descriptor = Descriptor(mediaType: mediaType, digest: digest, size: file.count)
        let path = "\(directory)/\(digest.hex)"
        try file.commit(as: path)
        return descriptor
    }
}
