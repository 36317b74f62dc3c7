internal import Glibc

/// This process.
public enum HostProcess {
    /// Ends the process with `status`.
    public static func exit(_ status: Int32) -> Never { Glibc.exit(status) }
}
