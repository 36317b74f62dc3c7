internal import Glibc

/// Runs another program and waits for it.
public struct Command: Sendable {
    /// A name looked up in `PATH`, or a path.
    public var program: String
    public var arguments: [String]
    /// Replaces the whole environment when not nil.
    public var environment: [String: String]?
    public var workingDirectory: String?
    /// Given on standard input; empty otherwise.
    public var input: [UInt8]
    /// Seconds after which the program and those that it started are killed; nil to wait as long as it takes.
    public var timeLimit: Int?
    /// Seconds since an arbitrary point, which the time limit is measured with.
    public var clock: @Sendable () -> Double = { HostClock.monotonicSeconds }

    public init(
        _ program: String, _ arguments: [String] = [], environment: [String: String]? = nil,
        workingDirectory: String? = nil, input: [UInt8] = [], timeLimit: Int? = nil
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.input = input
        self.timeLimit = timeLimit
    }

    /// The output of a finished program.
    public struct Result: Sendable {
        /// The exit code; 128 + the signal's number if a signal ended it.
        public let status: Int32
        public let output: [UInt8]
        public let errorOutput: [UInt8]
        /// True if the program was killed because it took longer than the time limit.
        public let timedOut: Bool

        public var outputText: String { String(decoding: output, as: UTF8.self) }
        public var errorText: String { String(decoding: errorOutput, as: UTF8.self) }
    }

    /// Runs to the end and returns what it wrote, whatever its exit code.
    public func run() throws(CommandError) -> Result {
        var child = try ChildProcess(starting: self)
        let deadline = timeLimit.map { ChildProcess.Deadline(in: Double($0), by: clock) }
        let (output, errorOutput) = child.exchange(input, until: deadline)
        let (status, timedOut) = child.wait(until: deadline)
        return Result(status: status, output: output, errorOutput: errorOutput, timedOut: timedOut)
    }

    /// Runs to the end; any exit code but 0 is an error that carries what the program said.
    public func runSuccessfully() throws(CommandError) -> Result {
        let result = try run()
        guard result.status == 0 else {
            throw .failed(program: program, status: result.status, message: result.errorText)
        }
        return result
    }

    /// The path of `program`, looked up in `PATH` as a shell does.
    public static func find(_ program: String) -> String? {
        find(program, in: HostEnvironment.variable("PATH"))
    }

    /// The path of `program`, looked up in `directories`, which are written as `PATH` is; nil for the usual ones.
    public static func find(_ program: String, in directories: String?) -> String? {
        if program.contains("/") { return program }
        let directories = directories ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        for directory in directories.split(separator: ":") {
            let path = "\(directory)/\(program)"
            if access(path, X_OK) == 0 { return path }
        }
        return nil
    }
}

/// Why running a program failed.
public enum CommandError: Error, Equatable, Sendable {
    case notFound(program: String)
    case notStarted(program: String, reason: String)
    case failed(program: String, status: Int32, message: String)
}
