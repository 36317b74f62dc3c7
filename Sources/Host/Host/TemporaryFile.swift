internal import Bytes
internal import CProcess
internal import Glibc

/// An open file that is not yet where it will be.
///
/// Where the file system can (O_TMPFILE, open(2)), it has no name, and nothing is left of it however the process
/// ends. Elsewhere (NFS, FAT, overlayfs of older kernels) it has a temporary one, and is locked for as long as its
/// writer lives: the next process that writes into the directory removes those that nobody has locked.
struct TemporaryFile: ~Copyable {
    let descriptor: Int32
    /// The temporary name; nil for a file without one.
    private var name: String?
    /// For messages: where the file will be.
    let path: String

    /// Makes a file in the directory of `path`; its name there, if it needs one, is temporary.
    init(besides path: String, isNamed: Bool = false) throws(StreamError) {
        let directory = TemporaryName.directory(of: path)
        Leftovers.sweepOnce(directory)
        self.path = path
        if !isNamed, Self.canLink {
            let descriptor = cprocess_make_unnamed_file(directory.isEmpty ? "." : directory)
            if descriptor >= 0 {
                // Before it gets a name: a sweep must never see it unlocked.
                _ = cprocess_lock_file(descriptor, 1)
                self.descriptor = descriptor
                return
            }
        }
        let made = PendingFiles.make(after: TemporaryName.template(directory: directory))
        guard made.descriptor >= 0 else { throw .system(operation: "create", path: path, errno: made.errno) }
        descriptor = made.descriptor
        name = made.path
    }

    /// Files without a name are given one by way of /proc.
    private static let canLink = access("/proc/self/fd", X_OK) == 0

    /// A second descriptor of the file, to be closed by the caller; it stays good when the file has gone.
    func duplicate() throws(StreamError) -> Int32 {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw .system(operation: "open", path: path, errno: errno) }
        return copy
    }

    /// Makes the file appear at `path`, replacing what was there. `durable` waits for the disk first.
    consuming func commit(as path: String, durable: Bool) throws(StreamError) {
        if durable, fsync(descriptor) != 0 { throw .system(operation: "sync", path: path, errno: errno) }
        // Some file systems report what could not be written when a descriptor is closed; this one must stay open
        // for the lock.
        guard close(try duplicate()) == 0 else {
            throw .system(operation: "close", path: path, errno: errno)
        }
        if let name {
            guard rename(name, path) == 0 else {
                throw .system(operation: "rename", path: path, errno: errno)
            }
            PendingFiles.remove(name)
        } else if PendingFiles.link(descriptor, as: path) != 0 {
            try copy(as: path, durable: durable)
        }
        // Whoever still reads the file holds no lock on it.
        _ = cprocess_lock_file(descriptor, 0)
    }

    /// Commits a copy under a temporary name: some sandboxes allow renaming and no linking.
    private borrowing func copy(as path: String, durable: Bool) throws(StreamError) {
        let source = ReadableFile(descriptor: try duplicate(), path: path)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .system(operation: "stat", path: path, errno: errno)
        }
        let copy = try TemporaryFile(besides: path, isNamed: true)
        fchmod(copy.descriptor, status.st_mode & 0o7777)
        var sink = DescriptorSink(descriptor: copy.descriptor, name: path)
        var bytes = RangeSource(source)
        try bytes.copy(to: &sink)
        try copy.commit(as: path, durable: durable)
    }

    deinit {
        if let name, PendingFiles.remove(name) { unlink(name) }
        close(descriptor)
    }
}
