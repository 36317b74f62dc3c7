internal import Bytes
internal import CProcess
internal import Glibc

/// The environment variables, user and processors of this process: what no output may depend on.
public enum HostEnvironment {
    /// The value of an environment variable; nil if unset.
    public static func variable(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        return String(cString: value)
    }

    /// The environment of this process with `changes` made to it, for another program.
    public static func inherited(adding changes: [String: String]) -> [String: String] {
        var variables: [String: String] = [:]
        var next = cprocess_environment()
        while let entry = next?.pointee {
            let parts = String(cString: entry).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            // If a name occurs twice, getenv(3) finds the first.
            if parts.count == 2, variables[String(parts[0])] == nil {
                variables[String(parts[0])] = String(parts[1])
            }
            next = next?.successor()
        }
        return variables.merging(changes) { _, new in new }
    }

    /// `HOME`, else the user's entry in the password database, else `/`.
    public static var home: String {
        if let home = variable("HOME"), !home.isEmpty { return home }
        if let entry = getpwuid(getuid()), let directory = entry.pointee.pw_dir {
            return String(cString: directory)
        }
        return "/"
    }

    /// `TMPDIR`, else `/tmp`.
    public static var temporaryDirectory: String {
        variable("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    }

    /// What tells this host from others (machine-id(5) and the host name), for the addresses of machines that run here,
    /// never for an output.
    public static var machineIdentity: String {
        let path = "/etc/machine-id"
        let file = try? ReadableFile(path: path)
        let bytes = try? file?.bytes(at: 0, length: Int(min(file?.count ?? 0, 64)), of: path)
        var names = utsname()
        uname(&names)
        let host = withUnsafeBytes(of: &names.nodename) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return "\(String(decoding: bytes ?? [], as: UTF8.self))\0\(host)"
    }

    public static var workingDirectory: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    /// Processors that may run this process now.
    public static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Tells this process's temporary names from another's.
    public static var processIdentifier: Int32 { getpid() }

    /// The number of the user who started this process.
    public static var userIdentifier: UInt32 { getuid() }

    /// True if the effective user is root.
    public static var isRoot: Bool { geteuid() == 0 }

    /// True if descriptor `descriptor` is a terminal.
    public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// What the system says about an `errno` value, for messages.
    public static func message(errno code: Int32) -> String { String(cString: strerror(code)) }

    /// The machine's hardware name as `uname -m` prints it: `x86_64`, `aarch64`, `riscv64`.
    public static var machine: String {
        var names = utsname()
        guard uname(&names) == 0 else { return "unknown" }
        return withUnsafeBytes(of: &names.machine) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
