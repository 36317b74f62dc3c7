internal import CProcess
internal import Glibc
internal import Synchronization

/// The files not yet committed that have a temporary name, so that an interrupt can remove them.
public enum PendingFiles {
    private static let paths = Mutex<Set<String>>([])

    /// Attempts to find a name that nobody has.
    private static let attempts = 100

    /// Makes a locked file of nobody else's name after `template`. It is pending from the moment it exists: an
    /// interrupt comes before or after, never between. `descriptor` is negative on failure.
    static func make(after template: String) -> (descriptor: Int32, path: String, errno: Int32) {
        paths.withLock { paths in
            var code = EEXIST
            for _ in 0..<attempts {
                var name = Array(template.utf8CString)
                let descriptor = cprocess_make_file(&name, Int32(TemporaryName.suffix.utf8.count))
                code = errno
                guard descriptor >= 0 else { break }
                let path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
                guard isOwned(descriptor, path) else {
                    close(descriptor)
                    code = EEXIST
                    continue
                }
                paths.insert(path)
                return (descriptor, path, 0)
            }
            return (-1, template, code)
        }
    }

    /// Locks the file that was just made at `path`; false if another process's sweep came first and removes it.
    private static func isOwned(_ descriptor: Int32, _ path: String) -> Bool {
        if cprocess_lock_file(descriptor, 1) != 0 {
            // A file system without locks has no sweep either.
            return errno != EAGAIN && errno != EACCES
        }
        return FileIdentity(descriptor) == FileIdentity(path: path)
    }

    /// Gives the open file `descriptor`, which has no name, the name `path`; what is there is replaced. Returns 0 or
    /// the number of an error.
    static func link(_ descriptor: Int32, as path: String) -> Int32 {
        paths.withLock { _ in
            if cprocess_link_file(descriptor, path) == 0 { return 0 }
            guard errno == EEXIST else { return errno }
            // Only rename(2) replaces a file, and it wants a name: this is the one moment at which a killed process
            // leaves something, and the next one that writes into the directory removes it.
            for _ in 0..<attempts {
                let temporary = TemporaryName.chosen(directory: TemporaryName.directory(of: path))
                if cprocess_link_file(descriptor, temporary) != 0 {
                    if errno == EEXIST { continue }
                    return errno
                }
                if rename(temporary, path) == 0 { return 0 }
                let code = errno
                unlink(temporary)
                return code
            }
            return EEXIST
        }
    }

    /// Removes from `directory` what processes that were killed left half written, once for each process. Files that
    /// somebody is writing stay.
    public static func sweep(_ directory: String) { Leftovers.sweepOnce("\(directory)/") }

    /// True if `path` was pending.
    @discardableResult
    static func remove(_ path: String) -> Bool { paths.withLock { $0.remove(path) != nil } }

    private static let commits = Mutex<Void>(())

    /// Runs `body`, which commits several files, to its end before an interrupt may end the process.
    public static func uninterrupted<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) {
        let result = commits.withLock { _ -> Result<Void, Failure> in
            do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
        }
        try result.get()
    }

    /// Removes every pending file.
    public static func removeAll() {
        paths.withLock { paths in
            for path in paths { unlink(path) }
            paths = []
        }
    }

    /// Removes every pending file, lets none be made any more, calls `last` and ends the process.
    static func end(status: Int32, _ last: () -> Void) -> Never {
        commits.withLock { _ in
            paths.withLock { paths in
                for path in paths { unlink(path) }
                last()
                _exit(status)
            }
        }
    }
}

/// Which file something is, whatever it is called.
struct FileIdentity: Equatable {
    private let device: dev_t
    private let number: ino_t

    private init(_ status: stat) { (device, number) = (status.st_dev, status.st_ino) }

    /// Nil if the descriptor is of no use.
    init?(_ descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    /// The file at `path`, links not followed; nil if nothing is there.
    init?(path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.init(status)
    }
}
