internal import CProcess
internal import Glibc
internal import Synchronization

/// The temporary files not yet committed, so that an interrupt can remove them.
public enum PendingFiles {
    private static let paths = Mutex<Set<String>>([])

    /// Makes a file of nobody else's name after `template` (mkostemp(3)). It is pending from the moment it
    /// exists: an interrupt comes before or after, never between. `descriptor` is negative on failure.
    static func make(after template: String) -> (descriptor: Int32, path: String, errno: Int32) {
        paths.withLock { paths in
            var name = Array(template.utf8CString)
            let descriptor = cprocess_make_file(&name)
            let code = errno
            let path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
            if descriptor >= 0 { paths.insert(path) }
            return (descriptor, path, code)
        }
    }

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
