import Bytes
import Glibc
import Host

/// The hunt in one format.
final class FormatHunt {
    private let format: FuzzFormat
    private let options: Hunt.Options
    private let page: SharedPage
    private let pagePath: String
    private let started = WorkerProcess.seconds(CLOCK_MONOTONIC)
    private let seconds: Double?
    private var worker: WorkerProcess
    private(set) var findings: [Finding] = []
    private(set) var isDone = false

    init(_ format: FuzzFormat, _ options: Hunt.Options, scratch: String, seconds: Double?) throws {
        (self.format, self.options, self.seconds) = (format, options, seconds)
        pagePath = "\(scratch)/\(format.name)"
        page = try SharedPage(path: pagePath)
        worker = try Self.worker(format, options, page: page, path: pagePath, from: 0)
    }

    deinit { page.unmap() }

    private static func worker(
        _ format: FuzzFormat, _ options: Hunt.Options, page: SharedPage, path: String, from: UInt64
    ) throws -> WorkerProcess {
        page[.number] = SharedPage.making
        return try WorkerProcess(
            ["--worker", path, format.name, "\(options.seed)", "\(from)", "\(options.count)"], page: page)
    }

    var tried: UInt64 { page[.read] + page[.refused] + UInt64(findings.count) }

    /// Looks after the worker; true once the format is done.
    func advance() throws -> Bool {
        if let seconds, WorkerProcess.seconds(CLOCK_MONOTONIC) - started > seconds { page[.stop] = 1 }
        switch worker.end() {
        case nil:
            guard worker.hangs else { return false }
            worker.kill()
            try found("more than \(Int(WorkerProcess.inputLimit)) seconds of processor time")
        case .finished: isDone = true
        case .signal(let number): try found("signal \(number), \(Self.name(number))")
        case .brokenPromise: try found("a broken promise, told above")
        case .failed: throw HuntError("\(format.name): a worker could not work")
        }
        return isDone
    }

    private static func name(_ signal: Int32) -> String {
        switch signal {
        case SIGILL, SIGTRAP: "a trap: arithmetic, an index, a nil"
        case SIGSEGV, SIGBUS: "memory that is not there: stack or memory limit, or a wild pointer"
        case SIGABRT: "an abort: no memory, or a damaged heap"
        default: String(cString: strsignal(signal))
        }
    }

    /// Keeps the input that the worker was at, and goes on behind it.
    private func found(_ what: String) throws {
        let number = page[.number]
        guard number != SharedPage.making else { throw HuntError("\(format.name): making seeds: \(what)") }
        let path = try? FoundInput.write(format, options, number)
        findings.append(Finding(format: format.name, number: number, what: what, path: path))
        print(
            """
            FOUND in \(format.name), seed \(options.seed), number \(number): \(what)
              input: \(path ?? "could not be written")
              again: identikit-fuzz --format \(format.name) --seed \(options.seed) --only \(number)
            """)
        fflush(nil)
        if findings.count >= options.findingLimit || number + 1 >= options.count || page[.stop] != 0 {
            isDone = true
        } else {
            worker = try Self.worker(format, options, page: page, path: pagePath, from: number + 1)
        }
    }

    /// What came of it, for people.
    var line: String {
        let time = max(0.001, WorkerProcess.seconds(CLOCK_MONOTONIC) - started)
        let share = tried == 0 ? 0 : page[.read] * 100 / max(1, tried)
        let slowest = Double(page[.slowest]) / 1e6
        let columns = [
            Self.padded(format.name, 16), Self.padded("\(tried)", 9, right: true), " inputs, ",
            Self.padded("\(Int(Double(tried) / time))", 7, right: true), "/s, ",
            Self.padded("\(share)", 3, right: true), " % read, slowest ",
            Self.padded("\((slowest * 10).rounded() / 10)", 6, right: true),
            " ms (number \(page[.slowestNumber])), ", "\(page[.peakKiB] >> 10) MiB, ",
            findings.isEmpty ? "nothing found" : "\(findings.count) FOUND",
        ]
        return columns.joined()
    }

    private static func padded(_ text: String, _ width: Int, right: Bool = false) -> String {
        let padding = String(repeating: " ", count: max(0, width - text.count))
        return right ? padding + text : text + padding
    }
}

enum FoundInput {
    /// Writes input `number`, holes as holes, and returns the path.
    static func write(_ format: FuzzFormat, _ options: Hunt.Options, _ number: UInt64) throws -> String {
        try Directory.create(options.directory)
        let path = "\(options.directory)/\(format.name)-\(options.seed)-\(number).bin"
        let specimen = try Mutator(format, seed: options.seed).specimen(number)
        var file = try AtomicFile(path: path)
        for segment in specimen.segments {
            if segment.offset > file.count { try file.writeZeros(segment.offset - file.count) }
            try file.write(Array(specimen.bytes[segment.start..<segment.start + segment.length]))
        }
        if specimen.count > file.count { try file.writeZeros(specimen.count - file.count) }
        try file.commit()
        return path
    }
}
