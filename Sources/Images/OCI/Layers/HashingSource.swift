internal import Bytes
internal import Digests
internal import Host

/// Hashes what is read through it. A class, because what reads it keeps a copy of its own.
final class HashingSource: ByteSource {
    private var base: any ByteSource
    private var hasher = SHA256Hasher()

    init(_ base: any ByteSource) { self.base = base }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        let count = try base.read(into: buffer)
        hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }

    /// The digest of everything up to the end.
    func drainedDigest() throws(StreamError) -> SHA256Digest {
        var sink = NullSink()
        var source = self
        try source.copy(to: &sink)
        return hasher.finalize()
    }
}

/// Hashes and writes to a file what is read through it.
final class CopyingSource: ByteSource {
    private let base: HashingSource
    private var file: AtomicFile?

    /// Without `path` nothing is written.
    init(_ base: any ByteSource, path: String?) throws(StreamError) {
        self.base = HashingSource(base)
        if let path { file = try AtomicFile(path: path) }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        let count = try base.read(into: buffer)
        if count > 0 { try file?.write(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
        return count
    }

    /// The digest of everything up to the end.
    func drainedDigest() throws(StreamError) -> SHA256Digest {
        var sink = NullSink()
        var source = self
        try source.copy(to: &sink)
        return try base.drainedDigest()
    }

    /// Makes the file appear.
    func commit() throws(StreamError) {
        if let file = file.take() { try file.commit() }
    }
}

private struct NullSink: ByteSink {
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {}
}
