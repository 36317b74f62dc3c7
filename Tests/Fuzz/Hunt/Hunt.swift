import Glibc
import Host

/// What a hunt found.
struct Finding {
    let format: String
    let number: UInt64
    let what: String
    /// Where the input was written; nil if that failed.
    let path: String?
}

/// Has workers try the inputs of one format after the other, starts a new one where a worker dies, and
/// keeps what it died of.
final class Hunt {
    struct Options {
        var formats: [FuzzFormat] = FuzzFormat.all
        var seed: UInt64 = 1
        /// Inputs a format.
        var count: UInt64 = 20_000
        /// Seconds for all formats together; nil to take as long as it takes.
        var seconds: Double?
        /// Formats at a time.
        var jobs = HostEnvironment.processorCount
        /// Where inputs go that broke something.
        var directory = "fuzz-findings"
        /// A format is left alone after so many findings.
        var findingLimit = 5
    }

    private let options: Options
    private let scratch: String
    private(set) var findings: [Finding] = []
    /// Inputs tried, and the smallest number for a format.
    private(set) var total: UInt64 = 0
    private(set) var fewest = UInt64.max

    init(_ options: Options) throws {
        self.options = options
        scratch = try Directory.createTemporary(prefix: "identikit-fuzz")
    }

    func removeScratch() { try? Directory.remove(scratch) }

    func run() throws {
        var waiting = options.formats[...]
        var running: [FormatHunt] = []
        let start = WorkerProcess.seconds(CLOCK_MONOTONIC)
        while !waiting.isEmpty || !running.isEmpty {
            while running.count < options.jobs, let format = waiting.popFirst() {
                // What is left of the time, in equal shares.
                let rounds = (waiting.count + running.count + options.jobs) / options.jobs
                let spent = WorkerProcess.seconds(CLOCK_MONOTONIC) - start
                let share = options.seconds.map { max(0.2, ($0 - spent) / Double(max(1, rounds))) }
                running.append(try FormatHunt(format, options, scratch: scratch, seconds: share))
            }
            usleep(5_000)
            for hunt in running where try hunt.advance() { take(hunt) }
            running.removeAll(where: \.isDone)
        }
    }

    private func take(_ hunt: FormatHunt) {
        findings += hunt.findings
        total += hunt.tried
        fewest = min(fewest, hunt.tried)
        print(hunt.line)
        fflush(nil)
    }
}
