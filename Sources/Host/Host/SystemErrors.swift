internal import Glibc

/// Numbers by which the system says what went wrong (errno(3)), as far as people are told what to do about it.
public enum SystemErrors {
    /// ENOSPC: the disk is full.
    public static let noSpace = Glibc.ENOSPC
    /// EROFS: the file system cannot be written.
    public static let readOnly = Glibc.EROFS

    /// True if a connection did not come about: nobody listens, no way there, no answer.
    public static func isUnreachable(_ number: Int32) -> Bool {
        [ENETUNREACH, ETIMEDOUT, ECONNREFUSED, EHOSTUNREACH].contains(number)
    }
}
