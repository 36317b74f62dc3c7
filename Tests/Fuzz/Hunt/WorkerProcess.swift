import Glibc

/// A worker as the hunt sees it: a child process and the page that both have.
final class WorkerProcess {
    /// How a worker ended.
    enum End {
        /// It did what it was told.
        case finished
        /// A signal ended it.
        case signal(Int32)
        case brokenPromise
        /// It said that it could not do its work.
        case failed
    }

    /// Seconds of processor time that one input may take, and that making the seeds may.
    static let inputLimit = 2.0
    static let makingLimit = 120.0
    /// Seconds after which a worker that does nothing at all is given up.
    static let idleLimit = 120.0

    private let identifier: pid_t
    private let clockIdentifier: clockid_t
    private let page: SharedPage
    private var lastNumber = SharedPage.making
    private var processorTime = 0.0
    private var wallTime: Double

    init(_ arguments: [String], page: SharedPage) throws {
        var identifier: pid_t = 0
        var pointers: [UnsafeMutablePointer<CChar>?] = (["identikit-fuzz"] + arguments).map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        // A trap is found by its signal; printing where it happened takes seconds, and `--only` does it.
        var environment: [UnsafeMutablePointer<CChar>?] = [strdup("SWIFT_BACKTRACE=enable=no")]
        for name in ["PATH", "LD_LIBRARY_PATH"] {
            if let value = getenv(name) { environment.append(strdup("\(name)=\(String(cString: value))")) }
        }
        environment.append(nil)
        defer { for pointer in environment { free(pointer) } }
        let code = posix_spawn(&identifier, "/proc/self/exe", nil, nil, pointers, environment)
        guard code == 0 else { throw HuntError("cannot start a worker: \(String(cString: strerror(code)))") }
        var clock = clockid_t()
        clock_getcpuclockid(identifier, &clock)
        self.identifier = identifier
        clockIdentifier = clock
        self.page = page
        wallTime = Self.seconds(CLOCK_MONOTONIC)
    }

    /// Non-nil once it has ended.
    func end() -> End? {
        var status: Int32 = 0
        guard waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
        if status & 0x7F != 0 { return .signal(status & 0x7F) }
        switch status >> 8 & 0xFF {
        case 0: return .finished
        case Worker.brokenPromise: return .brokenPromise
        default: return .failed
        }
    }

    /// True if the input it is at takes longer than any may.
    var hangs: Bool {
        let number = page[.number]
        let (processor, wall) = (Self.seconds(clockIdentifier), Self.seconds(CLOCK_MONOTONIC))
        if number != lastNumber { (lastNumber, processorTime, wallTime) = (number, processor, wall) }
        let limit = number == SharedPage.making ? Self.makingLimit : Self.inputLimit
        return processor - processorTime > limit || wall - wallTime > Self.idleLimit
    }

    func kill() {
        Glibc.kill(identifier, SIGKILL)
        var status: Int32 = 0
        waitpid(identifier, &status, 0)
    }

    static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
