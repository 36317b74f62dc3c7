public import Bytes
internal import Glibc

/// A file that appears under its name whole or not at all: written beside it
/// under a temporary name, renamed by `commit`; removed if never committed. It survives the death of
/// the process; that of the machine only if `commit` is told to wait for the disk.
public struct AtomicFile: ~Copyable, RewritableSink {
    public let path: String
    private let temporaryPath: String
    private var descriptor: Int32
    /// Bytes written so far.
    public private(set) var count: UInt64 = 0

    /// Starts the file that will be at `path`, with `permissions` less nothing: the umask has no say.
    ///
    /// A symbolic link at `path` stays: the file that it leads to is replaced. What is there and no regular
    /// file is refused before anything is written.
    public init(path: String, permissions: UInt16 = 0o644) throws(StreamError) {
        var path = path
        if let status = try FileStatus.following(path), status.kind != .regular {
            throw .system(operation: "create", path: path, errno: status.kind == .folder ? EISDIR : EINVAL)
        } else if try FileStatus.of(path)?.kind == .symbolicLink, let target = try? Folder.realPath(path) {
            path = target
        }
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[...$0]) } ?? ""
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        let made = PendingFiles.make(after: TemporaryName.template(folder: folder, name: name))
        guard made.descriptor >= 0 else { throw .system(operation: "create", path: path, errno: made.errno) }
        self.path = path
        temporaryPath = made.path
        descriptor = made.descriptor
        fchmod(descriptor, mode_t(permissions))
    }

    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        var rest = bytes
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw .system(operation: "write", path: path, errno: errno)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            count += UInt64(written)
        }
    }

    public mutating func writeZeros(_ count: UInt64) throws(StreamError) {
        let end = off_t(self.count + count)
        if ftruncate(descriptor, end) != 0 || lseek(descriptor, end, SEEK_SET) < 0 {
            throw .system(operation: "write", path: path, errno: errno)
        }
        self.count += count
    }

    /// Replaces `bytes` that were written at `offset` before.
    public mutating func overwrite(at offset: UInt64, _ bytes: [UInt8]) throws(StreamError) {
        var done = 0
        while done < bytes.count {
            let written = bytes[done...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset) + off_t(done))
            }
            if written < 0 {
                if errno == EINTR { continue }
                throw .system(operation: "write", path: path, errno: errno)
            }
            done += written
        }
    }

    /// What has been written so far, to be read back; stays readable after `commit`.
    public func reader() throws(StreamError) -> ReadableFile { try ReadableFile(path: temporaryPath) }

    /// Makes the file appear at `path`, replacing what was there. `durable` waits for the disk first.
    public consuming func commit(durable: Bool = false) throws(StreamError) {
        let path = path
        try commit(as: path, durable: durable)
    }

    /// Makes the file appear at `path`, in the same file system, because its name was not known when it was begun.
    public consuming func commit(as path: String, durable: Bool = false) throws(StreamError) {
        if durable, fsync(descriptor) != 0 { throw .system(operation: "sync", path: path, errno: errno) }
        let closed = close(descriptor)
        descriptor = -1
        if closed != 0 { throw .system(operation: "close", path: path, errno: errno) }
        if rename(temporaryPath, path) != 0 { throw .system(operation: "rename", path: path, errno: errno) }
        PendingFiles.remove(temporaryPath)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if PendingFiles.remove(temporaryPath) { unlink(temporaryPath) }
    }
}
