public import Bytes
public import Digests

/// Where the bytes of a regular file are: never carried along, read when written.
public enum FileContents: Hashable, Sendable {
    /// A few bytes that we made ourselves.
    case bytes(ByteString)
    /// `length` bytes from `offset` on in the blob named `digest` of a `BlobStore`
    /// (a decompressed layer, by its diff ID), whose own SHA-256 is `contentDigest`.
    case blob(digest: SHA256Digest, offset: UInt64, length: UInt64, contentDigest: SHA256Digest)

    public static let empty = FileContents.bytes(ByteString())

    /// Bytes.
    public var count: UInt64 {
        switch self {
        case .bytes(let bytes): UInt64(bytes.count)
        case .blob(_, _, let length, _): length
        }
    }

    /// SHA-256 of the contents.
    public var contentDigest: SHA256Digest {
        switch self {
        case .bytes(let bytes): SHA256Digest(hashing: bytes)
        case .blob(_, _, _, let contentDigest): contentDigest
        }
    }
}

/// Gives the bytes behind references. The cache is one; tests use a dictionary.
public protocol BlobStore: Sendable {
    /// The whole blob, opened once and shared by all who read it.
    func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes
}

extension BlobStore {
    /// A source over the contents.
    public func source(_ contents: FileContents) throws(StreamError) -> any ByteSource {
        switch contents {
        case .bytes(let bytes): return ByteArraySource(bytes.bytes)
        case .blob(let digest, let offset, let length, _):
            return RangeSource(try open(digest), offset: offset, length: length)
        }
    }

    /// Writes the contents to `sink` through a bounded buffer; an error if there are fewer bytes than they say.
    public func copy<Sink: ByteSink & ~Copyable>(
        _ contents: FileContents, to sink: inout Sink
    ) throws(StreamError) {
        let capacity = Int(Swift.min(contents.count, UInt64(CopyBuffer.capacity)))
        try copy(contents, to: &sink, through: CopyBuffer(capacity: capacity))
    }

    /// The same where much is copied: through a buffer that serves again.
    func copy<Sink: ByteSink & ~Copyable>(
        _ contents: FileContents, to sink: inout Sink, through buffer: borrowing CopyBuffer
    ) throws(StreamError) {
        guard case .blob(let digest, let offset, let length, _) = contents else {
            if case .bytes(let bytes) = contents { try sink.write(bytes) }
            return
        }
        guard length > 0 else { return }
        var source = RangeSource(try open(digest), offset: offset, length: length)
        var copied: UInt64 = 0
        while case let count = try source.read(into: buffer.bytes), count > 0 {
            try sink.write(UnsafeRawBufferPointer(rebasing: buffer.bytes[..<count]))
            copied += UInt64(count)
        }
        if copied < length { throw .unexpectedEnd(of: "blob \(digest)", offset: offset + copied) }
    }
}

/// Room for bytes on their way.
struct CopyBuffer: ~Copyable {
    static let capacity = 256 << 10
    let bytes: UnsafeMutableRawBufferPointer

    init(capacity: Int = Self.capacity) { bytes = .allocate(byteCount: capacity, alignment: 16) }

    deinit { bytes.deallocate() }
}
