internal import Bytes
internal import Digests
internal import Host
internal import OCI
internal import Registry
internal import Synchronization

/// Takes a blob into a file that has no name of its own yet; it goes with the last reference unless it is committed.
final class FileReceiver: BlobReceiver {
    private struct State: ~Copyable {
        var file: AtomicFile?
        var hasher = SHA256Hasher()
        var count: UInt64 = 0
    }

    private let state: Mutex<State>
    private let path: String
    private let size: UInt64

    /// For the file that will be at `path`, of `size` bytes.
    init(path: String, size: UInt64) throws(StreamError) {
        self.path = path
        self.size = size
        state = Mutex(State(file: try AtomicFile(path: path)))
    }

    var count: UInt64 { state.withLock { $0.count } }

    func receive(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        // A copy may go to where the file is; what the buffer points to is the caller's.
        let (size, path, bytes) = (size, path, Array(bytes))
        try state.withLock { (state) throws(StreamError) in
            guard state.count + UInt64(bytes.count) <= size else {
                throw .limitExceeded(what: path, limit: size)
            }
            try state.file?.write(bytes)
            state.hasher.update(bytes)
            state.count += UInt64(bytes.count)
        }
    }

    func restart() throws(StreamError) {
        let path = path
        try state.withLock { (state) throws(StreamError) in
            state.file = nil
            state.hasher = SHA256Hasher()
            state.count = 0
            state.file = try AtomicFile(path: path)
        }
    }

    /// SHA-256 of what came.
    var digest: SHA256Digest {
        state.withLock { state in
            let hasher = state.hasher
            return hasher.finalize()
        }
    }

    /// Gives the file its name.
    func commit() throws(StreamError) {
        try state.withLock { (state) throws(StreamError) in
            guard let file = state.file.take() else { return }
            try file.commit()
        }
    }
}
