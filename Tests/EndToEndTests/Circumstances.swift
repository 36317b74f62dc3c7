import TestSupport
import Testing

/// What surrounds a build and must not reach its outputs.
struct Circumstances: Sendable, CustomTestStringConvertible {
    enum Cache: String, Sendable { case cold, warm, readOnly }

    var name: String
    var timeZone = "UTC"
    var locale = "C"
    var umask = "022"
    /// Below the round's directory.
    var workingDirectory = "work"
    var home = "home"
    /// The number of another user; nil to stay the one that runs the tests.
    var user: Int?
    /// Another name of the machine, which root can give to one process; nil to leave it.
    var hostName: String?
    /// When the clock says that it is, as `faketime -f` takes it; nil to leave it.
    var clock: String?
    /// All files in memory: tmpfs lists a directory last come first, disks by hashes of names or first come first.
    var isInMemory = false
    var jobs = 1
    var cache = Cache.cold
    var compression = LayoutBuilder.Compression.gzip
    var environment: [String: String] = [:]
    /// Every format in a run of its own.
    var apart = false

    var testDescription: String { name }

    static let usual = Circumstances(name: "the usual")

    /// One difference or more each.
    static let all: [Circumstances] = [
        Circumstances(name: "a warm cache and three workers", jobs: 3, cache: .warm),
        Circumstances(
            name: "another time zone, locale, umask, folder and home", timeZone: "Pacific/Kiritimati",
            locale: "tr_TR.UTF-8", umask: "077", workingDirectory: "an ödd folder/below", home: "other home",
            jobs: 7, environment: ["LANG": "ar_EG.UTF-8", "TMPDIR": "/var/tmp", "COLUMNS": "20"]),
        Circumstances(name: "layers as zstd", timeZone: "America/St_Johns", jobs: 2, compression: .zstd),
        Circumstances(name: "layers as they are", umask: "000", jobs: 5, compression: .none, apart: true),
        Circumstances(name: "a cache that cannot be written", jobs: 2, cache: .readOnly),
        Circumstances(
            name: "a clock fifty years ahead, folders listed in another order", clock: "@2076-02-29 23:59:58",
            isInMemory: true),
    ]

    /// For root only.
    static let nobody = Circumstances(
        name: "another user and host name", umask: "027", home: "home of nobody", user: 65534,
        hostName: "elsewhere.example", jobs: 2, cache: .readOnly,
        environment: ["USER": "nobody", "LOGNAME": "nobody"])

    /// Round `number` of many, each value going round at its own pace.
    static func soak(_ number: Int) -> Circumstances {
        let zones = ["Asia/Kathmandu", "Antarctica/Troll", "America/Caracas", "UTC", ":", "XYZ-13:37"]
        let locales = ["C", "C.UTF-8", "tr_TR.UTF-8", "ja_JP.SJIS", "nonsense"]
        let compressions = LayoutBuilder.Compression.allCases
        let clocks = ["@1970-01-01 00:00:01", nil, "@2001-09-09 01:46:40 x50", "@2107-12-31 23:59:59"]
        return Circumstances(
            name: "soak round \(number)", timeZone: zones[number % zones.count],
            locale: locales[number % locales.count], umask: ["022", "077", "000", "027"][number % 4],
            workingDirectory: "work \(number)", home: "home \(number)", clock: clocks[number % clocks.count],
            isInMemory: number % 3 == 1, jobs: 1 + number % 9,
            cache: [.cold, .warm, .readOnly][number / 2 % 3],
            compression: compressions[number % compressions.count], apart: number % 5 == 4)
    }

    /// `command` as it is run under them by whoever may: clock, host name and user.
    func wrapping(_ command: [String]) -> [String] {
        var command = command
        if let clock { command = ["faketime", "-f", clock] + command }
        if let user {
            command = ["setpriv", "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups"] + command
        }
        if let hostName {
            let script = "hostname \"$1\" && shift && exec \"$@\""
            command = ["unshare", "--uts", "sh", "-c", script, "sh", hostName] + command
        }
        return command
    }
}
