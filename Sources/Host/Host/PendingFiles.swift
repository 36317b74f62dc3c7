internal import Glibc
internal import Synchronization

/// The temporary files not yet committed, so that an interrupt can remove them.
public enum PendingFiles {
    private static let paths = Mutex<Set<String>>([])

    static func add(_ path: String) { paths.withLock { _ = $0.insert(path) } }

    /// True if `path` was pending.
    @discardableResult
    static func remove(_ path: String) -> Bool { paths.withLock { $0.remove(path) != nil } }

    /// Removes every pending file. Called once, when the process is about to end on a signal.
    public static func removeAll() {
        let pending = paths.withLock { paths in
            defer { paths = [] }
            return paths
        }
        for path in pending { unlink(path) }
    }
}
