public import Bytes
public import Digests
internal import Synchronization

/// Takes a small blob into memory.
public final class MemoryReceiver: BlobReceiver {
    private let received = Mutex<[UInt8]>([])
    private let limit: Int
    private let what: String

    /// Of at most `limit` bytes; `what` it is, for errors.
    public init(limit: Int, what: String) {
        self.limit = limit
        self.what = what
    }

    public var bytes: [UInt8] { received.withLock { $0 } }
    public var count: UInt64 { UInt64(received.withLock { $0.count }) }

    public var digest: SHA256Digest { SHA256Digest(hashing: bytes) }

    public func receive(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        let fits = received.withLock { received in
            guard received.count + bytes.count <= limit else { return false }
            received += bytes
            return true
        }
        guard fits else { throw .limitExceeded(what: what, limit: UInt64(limit)) }
    }

    public func restart() throws(StreamError) { received.withLock { $0.removeAll() } }
}
