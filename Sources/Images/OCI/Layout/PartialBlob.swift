public import Bytes
public import Digests
internal import Host
internal import Synchronization

/// A partially downloaded blob, possibly over several runs: `derived/downloads/<hex>` until it is complete
/// and its digest verified. One process fetches it at a time; a download left by a killed process is
/// resumed by the next.
public final class PartialBlob: Sendable {
    public let descriptor: Descriptor
    private let layout: ImageLayout
    private let file: ResumableFile
    private let state: Mutex<State>

    private struct State {
        var count: UInt64
        var hasher: SHA256Hasher
    }

    /// What became of the wish to fetch a blob.
    public enum Claim: Sendable {
        /// It is in the layout already.
        case present
        /// Somebody else is fetching it: ask again in a while.
        case busy
        /// It is the caller's to fetch.
        case claimed(PartialBlob)
    }

    private init(_ descriptor: Descriptor, layout: ImageLayout, file: ResumableFile, _ state: State) {
        self.descriptor = descriptor
        self.layout = layout
        self.file = file
        self.state = Mutex(state)
    }

    static func claim(
        _ descriptor: Descriptor, in layout: ImageLayout, verifying: Bool
    ) throws(StreamError) -> Claim {
        if try layout.hasBlob(descriptor, verifying: verifying) { return .present }
        let directory = layout.downloadsDirectory
        try Directory.create(directory)
        guard let file = try ResumableFile(path: layout.partPath(of: descriptor)) else { return .busy }
        // Between the first look and the lock another process may have finished.
        if try layout.hasBlob(descriptor, verifying: verifying) {
            file.remove()
            return .present
        }
        var count = try file.count()
        if count > descriptor.size {
            try file.truncate(to: 0)
            count = 0
        }
        let hasher = try Self.hash(file, count)
        return .claimed(
            PartialBlob(descriptor, layout: layout, file: file, State(count: count, hasher: hasher)))
    }

    private static func hash(_ file: ResumableFile, _ count: UInt64) throws(StreamError) -> SHA256Hasher {
        var hasher = SHA256Hasher()
        let chunk = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(min(count, 256 << 10)), alignment: 16)
        defer { chunk.deallocate() }
        var offset: UInt64 = 0
        while offset < count {
            let read = try file.read(at: offset, into: chunk)
            guard read > 0 else {
                throw .unexpectedEnd(of: file.path, offset: offset)
            }
            hasher.update(UnsafeRawBufferPointer(rebasing: chunk[..<read]))
            offset += UInt64(read)
        }
        return hasher
    }

    /// The number of bytes present.
    public var count: UInt64 { state.withLock { $0.count } }

    /// Takes the next bytes of the blob. One caller at a time.
    public func receive(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        var next = state.withLock { $0 }
        try file.write(at: next.count, bytes)
        next.hasher.update(bytes)
        next.count += UInt64(bytes.count)
        state.withLock { [next] in $0 = next }
    }

    /// Discards the existing bytes.
    public func restart() throws(StreamError) {
        try file.truncate(to: 0)
        state.withLock { $0 = State(count: 0, hasher: SHA256Hasher()) }
    }

    /// Removes the partial file.
    public func discard() { file.remove() }

    /// SHA-256 of the existing bytes.
    public var digest: SHA256Digest { state.withLock { $0.hasher.finalize() } }

    /// Gives the blob its name in the layout. What is not what it must be is forgotten, and an error.
    public func finish() throws(StreamError) {
        guard count == descriptor.size, digest == descriptor.digest else {
            try restart()
            throw .corrupt(
                what: file.path, offset: 0, reason: "it is not \(descriptor.digest.oci); pull again")
        }
        try Directory.create("\(layout.path)/blobs/sha256")
        try file.commit(as: layout.blobPath(descriptor.digest))
    }
}

extension ImageLayout {
    /// Where blobs are that are being fetched.
    public var downloadsDirectory: String { "\(path)/derived/downloads" }

    /// The file of a blob that is being fetched.
    public func partPath(of blob: Descriptor) -> String { "\(downloadsDirectory)/\(blob.digest.hex)" }

    /// True if the blob exists with the right size. Its bytes are checked when they are read.
    public func hasBlob(_ descriptor: Descriptor) throws(StreamError) -> Bool {
        guard let status = try FileStatus.following(blobPath(descriptor.digest)) else { return false }
        return status.kind == .regular && status.size == descriptor.size
    }

    /// The same, and with `verifying` that its bytes are right.
    func hasBlob(_ descriptor: Descriptor, verifying: Bool) throws(StreamError) -> Bool {
        guard try hasBlob(descriptor) else { return false }
        guard verifying else { return true }
        var source = RangeSource(try ReadableFile(path: blobPath(descriptor.digest)))
        var hasher = SHA256Hasher()
        try source.copy(to: &hasher)
        return hasher.finalize() == descriptor.digest
    }

    /// Asks to fetch the blob `descriptor`. One that is in the layout is believed to be right, with `verifying` only
    /// when its bytes have been read.
    public func claim(
        _ descriptor: Descriptor, verifying: Bool = false
    ) throws(ImageError) -> PartialBlob.Claim {
        try reading { () throws(StreamError) in
            try PartialBlob.claim(descriptor, in: self, verifying: verifying)
        }
    }

    /// True if anything with the blob's name exists, regardless of its contents.
    public func hasFile(for descriptor: Descriptor) -> Bool { (try? exists(descriptor)) == true }

    /// Stores a blob that its descriptor carries; false if it does not.
    public func storeEmbedded(_ descriptor: Descriptor) throws(ImageError) -> Bool {
        guard let bytes = descriptor.embeddedBytes else { return false }
        _ = try addBlob(bytes, mediaType: descriptor.mediaType)
        return true
    }
}
