public import Bytes
internal import Glibc

/// A lock on a directory, shared by all users of its contents; held for the lifetime of the value.
///
/// It is flock(2)'s, on the directory itself: no file is made for it, and who may only read the directory can hold it.
public final class DirectoryLock: Sendable {
    private let descriptor: Int32
    private let path: String

    /// Takes the lock with others, waiting while somebody has it alone.
    public init(sharing path: String) throws(StreamError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(operation: "open", path: path, errno: errno) }
        guard Self.lock(descriptor, LOCK_SH) else {
            let code = errno
            close(descriptor)
            throw .system(operation: "lock", path: path, errno: code)
        }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Runs `body` with the lock for this value alone and returns its result; nil, and nothing is run, if somebody
    /// else has it too. Between the two the lock may be nobody's: what was known before must be read again.
    public func alone<T, Failure: Error>(
        _ body: () throws(Failure) -> T, refused: (StreamError) -> Failure
    ) throws(Failure) -> T? {
        guard Self.lock(descriptor, LOCK_EX | LOCK_NB) else {
            let code = errno
            // Asking has cost the lock that was held (flock(2), "Converting a lock").
            _ = Self.lock(descriptor, LOCK_SH)
            if code == EWOULDBLOCK { return nil }
            throw refused(.system(operation: "lock", path: path, errno: code))
        }
        defer { _ = Self.lock(descriptor, LOCK_SH) }
        return try body()
    }

    private static func lock(_ descriptor: Int32, _ operation: Int32) -> Bool {
        while flock(descriptor, operation) != 0 { if errno != EINTR { return false } }
        return true
    }
}
