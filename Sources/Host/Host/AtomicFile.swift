public import Bytes
internal import Glibc

/// A file that appears under its name whole or not at all, and of which nothing is left if it is never committed or
/// the process is killed (`TemporaryFile`). Once committed it survives the death of the process; that of the machine
/// only if `commit` is asked to wait for the disk.
public struct AtomicFile: ~Copyable, RewritableSink {
    public let path: String
    private var file: TemporaryFile
    /// Bytes written so far.
    public private(set) var count: UInt64 = 0

    private var descriptor: Int32 { file.descriptor }

    /// Starts the file that will be at `path`, with exactly `permissions`, ignoring the umask.
    ///
    /// A symbolic link at `path` stays: the file that it leads to is replaced. Anything else at `path` that is not a
    /// regular file is refused before anything is written.
    public init(path: String, permissions: UInt16 = 0o644) throws(StreamError) {
        try self.init(path: path, permissions: permissions, isNamed: false)
    }

    /// `isNamed`: as on a file system where every file has a name.
    package init(path: String, permissions: UInt16 = 0o644, isNamed: Bool) throws(StreamError) {
        var path = path
        if let status = try FileStatus.following(path), status.kind != .regular {
            throw .system(operation: "create", path: path, errno: status.kind == .directory ? EISDIR : EINVAL)
        } else if try FileStatus.of(path)?.kind == .symbolicLink, let target = try? Directory.realPath(path) {
            path = target
        }
        file = try TemporaryFile(besides: path, isNamed: isNamed)
        self.path = path
        fchmod(file.descriptor, mode_t(permissions))
    }

    /// A file for the time being in the system's place for temporary files, never to be committed.
    public static func scratch() throws(StreamError) -> AtomicFile {
        try AtomicFile(path: "\(HostEnvironment.temporaryDirectory)/.identikit-scratch")
    }

    /// A path by which programs that this process starts may open the file while this value lives.
    public var pathForPrograms: String { "/proc/\(getpid())/fd/\(descriptor)" }

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
    public func reader() throws(StreamError) -> ReadableFile {
        ReadableFile(descriptor: try file.duplicate(), path: path)
    }

    /// Makes the file appear at `path`, replacing what was there. `durable` waits for the disk first.
    public consuming func commit(durable: Bool = false) throws(StreamError) {
        let path = path
        try file.commit(as: path, durable: durable)
    }

    /// Makes the file appear at `path`, in the same file system, because its name was not known when it was begun.
    public consuming func commit(as path: String, durable: Bool = false) throws(StreamError) {
        try file.commit(as: path, durable: durable)
    }
}
