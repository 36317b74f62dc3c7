public import Bytes
internal import CProcess
internal import Glibc

/// A file that grows over several runs and is renamed when complete. One process holds it at a time.
///
/// What an earlier run left stays and may be read; the death of a process frees the file for the next.
public final class ResumableFile: Sendable {
    public let path: String
    private let descriptor: Int32

    /// Opens the file at `path`, creating it if needed; nil while another process holds it.
    public init?(path: String) throws(StreamError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw .system(operation: "create", path: path, errno: errno) }
        let locked = cprocess_lock_file(descriptor, 1) == 0
        // Whoever had it until now may have renamed or removed it: then this is no longer the file at the path.
        let code = errno
        guard locked, FileIdentity(descriptor) == FileIdentity(path: path) else {
            close(descriptor)
            if !locked, code != EAGAIN, code != EACCES {
                throw .system(operation: "lock", path: path, errno: code)
            }
            return nil
        }
        fchmod(descriptor, 0o644)
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Bytes in the file.
    public func count() throws(StreamError) -> UInt64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .system(operation: "stat", path: path, errno: errno)
        }
        return UInt64(max(0, status.st_size))
    }

    /// Reads at `offset`; fewer bytes than requested mean the end.
    public func read(
        at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(StreamError) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            if errno != EINTR { throw .system(operation: "read", path: path, errno: errno) }
        }
    }

    /// Writes all of `bytes` at `offset`.
    public func write(at offset: UInt64, _ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(operation: "write", path: path, errno: errno)
            }
            done += count
        }
    }

    /// Cuts the file off behind `count` bytes.
    public func truncate(to count: UInt64) throws(StreamError) {
        guard ftruncate(descriptor, off_t(count)) == 0 else {
            throw .system(operation: "write", path: path, errno: errno)
        }
    }

    /// Gives the file its final name, in the same file system, when its bytes are on the disk: a file that has its
    /// length and not its bytes after a power cut would be believed.
    public func commit(as final: String) throws(StreamError) {
        guard fdatasync(descriptor) == 0 else {
            throw .system(operation: "sync", path: path, errno: errno)
        }
        guard rename(path, final) == 0 else {
            throw .system(operation: "rename", path: final, errno: errno)
        }
    }

    /// Removes the file.
    public func remove() { unlink(path) }
}
