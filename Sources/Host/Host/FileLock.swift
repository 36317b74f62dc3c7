public import Bytes
internal import CProcess
internal import Glibc

/// An exclusive lock on a file, held until the value goes away.
///
/// It is a record lock of the open file (`F_OFD_SETLKW`, fcntl(2)): it keeps other threads out as well,
/// and the record locks of processes, which LinuxKit takes on the same file, respect it.
public struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// `F_OFD_SETLKW` of Linux, on every architecture; Glibc hides it behind `_GNU_SOURCE`.
    private static let setLockAndWait: Int32 = 38

    /// Waits for the lock on the file at `path`, making the file if need be.
    public init(path: String) throws(StreamError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system(operation: "open", path: path, errno: errno) }
        var region = flock()
        region.l_type = Int16(F_WRLCK)
        region.l_whence = Int16(SEEK_SET)
        while fcntl(descriptor, Self.setLockAndWait, &region) != 0 {
            if errno == EINTR { continue }
            let code = errno
            close(descriptor)
            throw .system(operation: "lock", path: path, errno: code)
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// True if some process holds a lock on the file at `path`; false if none does, or the file does not exist.
    public static func isHeld(path: String) -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return cprocess_lock_file(descriptor, 1) != 0 && (errno == EAGAIN || errno == EACCES)
    }
}
