/// The capabilities of Linux 5.9 and later (`linux/capability.h`), by number.
public enum Capability {
    public static let all: [String] = [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK",
        "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT",
        "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL",
        "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE",
    ].map { "CAP_" + $0 }

    private static let names = Set(all)

    public static func isKnown(_ name: String) -> Bool { names.contains(name) }

    /// Expands a single `all` or `none`, ignoring case, to all capabilities or an empty list.
    public static func expand(_ list: [String]) -> [String] {
        guard list.count == 1 else { return list }
        switch list[0].lowercased() {
        case "all": return all
        case "none": return []
        default: return list
        }
    }
}
