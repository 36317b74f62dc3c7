internal import Glibc

/// The error numbers (errno(3)) for which messages give advice.
public enum SystemErrors {
    /// ENOSPC: the disk is full.
    public static let noSpace = Glibc.ENOSPC
    /// EROFS: the file system is read-only.
    public static let readOnly = Glibc.EROFS

    /// True if a connection failed: refused, no route, or timed out.
    public static func isUnreachable(_ number: Int32) -> Bool {
        [ENETUNREACH, ETIMEDOUT, ECONNREFUSED, EHOSTUNREACH].contains(number)
    }
}
