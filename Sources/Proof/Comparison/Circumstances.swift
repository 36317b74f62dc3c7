internal import Host

/// What surrounds a build and must not reach its outputs.
public struct Circumstances: Sendable {
    /// Data that Identikit derives from images and can derive again.
    public enum Derived: Sendable {
        /// The user's own cache, as it is.
        case usual
        /// There is none.
        case cold
        /// That of the rounds before.
        case warm
        /// That of the rounds before, with bits flipped and ends cut off.
        case damaged
    }

    /// For the report.
    public var name: String
    /// Variables that are set; nil for those that are removed.
    public var environment: [String: String?] = [:]
    public var umask = "022"
    public var jobs = 1
    public var derived = Derived.warm
    /// The clock, as `faketime -f` takes it; nil to leave it.
    public var clock: String?
    /// Another name of the machine, which root can give to one process; nil to leave it.
    public var hostName: String?
    /// Whether outputs are written to a file system in memory.
    public var isInMemory = false

    /// The circumstances of `count` rounds, different each: as many kinds as this machine allows.
    public static func rounds(_ count: Int) -> [Circumstances] {
        (0..<max(count, 1)).map { number in
            var round = all[number % all.count]
            if number >= all.count { round.name += ", again" }
            if Command.find("faketime") == nil { round.clock = nil }
            if !HostEnvironment.isRoot || Command.find("unshare") == nil { round.hostName = nil }
            round.jobs += number / all.count
            return round
        }
    }

    private static let all = [
        Circumstances(name: "as usual, with your cache", derived: .usual),
        Circumstances(name: "cold cache, one worker", derived: .cold),
        Circumstances(
            name: "another time zone, locale, umask and home, three workers",
            environment: [
                "TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "LANG": "ar_EG.UTF-8",
                "HOME": nil, "TMPDIR": "/var/tmp", "COLUMNS": "20", "USER": "somebody",
            ], umask: "077", jobs: 3),
        Circumstances(
            name: "damaged cache, files in memory, another clock", environment: ["TZ": "America/St_Johns"],
            jobs: 2, derived: .damaged, clock: "@2041-02-28 23:59:58", isInMemory: true),
        Circumstances(
            name: "another host name, no environment to speak of",
            environment: ["LC_ALL": "C", "LANG": nil, "TERM": nil, "LOGNAME": nil], umask: "000", jobs: 5,
            derived: .cold, hostName: "elsewhere.example"),
    ]

    /// `command` as it is run under them.
    func wrapping(_ command: [String]) -> [String] {
        var command = ["sh", "-c", "umask \(umask) && exec \"$@\"", "sh"] + command
        if let clock { command = ["faketime", "-f", clock] + command }
        if let hostName {
            let script = "hostname \"$1\" && shift && exec \"$@\""
            command = ["unshare", "--uts", "sh", "-c", script, "sh", hostName] + command
        }
        return command
    }

    /// The environment of the process, changed. A variable that is removed makes room for `home`.
    func environment(home: String) -> [String: String] {
        var result = HostEnvironment.inherited(adding: [:])
        for (name, value) in environment { result[name] = value }
        if environment["HOME"] != nil { result["HOME"] = home }
        return result
    }
}
