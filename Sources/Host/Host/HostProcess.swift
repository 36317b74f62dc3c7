internal import Glibc

/// This process.
public enum HostProcess {
    /// Ends the process with `status`.
    public static func exit(_ status: Int32) -> Never { Glibc.exit(status) }

    /// Becomes another program, which takes over the terminal; returns only if that fails.
    public static func become(_ program: String, _ arguments: [String]) throws(CommandError) {
        guard let path = Command.find(program) else { throw .notFound(program: program) }
        PendingFiles.removeAll()
        for number in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
        var pointers: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        pointers.append(nil)
        execv(path, &pointers)
        throw .notStarted(program: program, reason: HostEnvironment.message(errno: errno))
    }
}
