/// Why bytes could not be read or written.
public enum StreamError: Error, Equatable, Sendable {
    /// A system call failed: `errno` after `operation` on `path`.
    case system(operation: String, path: String, errno: Int32)
    /// `what` ends at `offset`, before the structure is complete.
    case unexpectedEnd(of: String, offset: UInt64)
    /// `what` is malformed at `offset`.
    case corrupt(what: String, offset: UInt64, reason: String)
    /// The file at `path` changed after it was first read.
    case changed(path: String)
    /// `what` exceeds `limit` (bytes, entries), which no legitimate input does.
    case limitExceeded(what: String, limit: UInt64)
}
