/// Why bytes could not be read or written.
public enum StreamError: Error, Equatable, Sendable {
    /// The operating system refused: `errno` after `operation` on `path`.
    case system(operation: String, path: String, errno: Int32)
    /// The bytes of `what` stop at `offset`, before the structure is complete.
    case unexpectedEnd(of: String, offset: UInt64)
    /// The bytes of `what` contradict its format at `offset`.
    case corrupt(what: String, offset: UInt64, reason: String)
    /// The file at `path` is not any more what was read of it before.
    case changed(path: String)
    /// `what` asks for more than `limit` (bytes, entries), which no honest input does.
    case limitExceeded(what: String, limit: UInt64)
}
