internal import CProcess
internal import Glibc

/// A running program with pipes to its standard streams.
///
/// Written on posix_spawn because every pipe must be closed on exec from the moment it exists:
/// otherwise a second program started at the same time on another thread inherits it, and the
/// first one's end of input never comes (Docs/decisions/processes.md).
struct ChildProcess {
    private let identifier: pid_t
    private var input: Int32
    private var output: Int32
    private var errorOutput: Int32

    init(starting command: Command) throws(CommandError) {
        guard let path = Command.find(command.program) else { throw .notFound(program: command.program) }
        // A program that leaves its input must not end this process.
        signal(SIGPIPE, SIG_IGN)
        guard let input = Pipe(), let output = Pipe(), let errorOutput = Pipe() else {
            throw .notStarted(program: command.program, reason: HostEnvironment.message(errno: errno))
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // dup2 clears the flag that closes on exec.
        posix_spawn_file_actions_adddup2(&actions, input.readEnd, 0)
        posix_spawn_file_actions_adddup2(&actions, output.writeEnd, 1)
        posix_spawn_file_actions_adddup2(&actions, errorOutput.writeEnd, 2)
        if let directory = command.workingDirectory { cprocess_spawn_in_directory(&actions, directory) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What this process ignores, the program must not.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for number in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { sigaddset(&defaults, number) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        // Nor must it inherit a mask from whichever thread starts it.
        var mask = sigset_t()
        sigemptyset(&mask)
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        var identifier: pid_t = 0
        let variables = command.environment.map { all in all.map { "\($0.key)=\($0.value)" }.sorted() }
        let code = withCStrings([path] + command.arguments) { arguments in
            guard let variables else {
                return posix_spawn(&identifier, path, &actions, &attributes, arguments, environ)
            }
            return withCStrings(variables) { variables in
                posix_spawn(&identifier, path, &actions, &attributes, arguments, variables)
            }
        }
        for end in [input.readEnd, output.writeEnd, errorOutput.writeEnd] { close(end) }
        self.identifier = identifier
        self.input = input.writeEnd
        self.output = output.readEnd
        self.errorOutput = errorOutput.readEnd
        guard code == 0 else {
            for end in [self.input, self.output, self.errorOutput] { close(end) }
            throw .notStarted(program: command.program, reason: HostEnvironment.message(errno: code))
        }
    }

    /// When a program is killed.
    struct Deadline {
        private let end: Double
        private let clock: @Sendable () -> Double

        init(in seconds: Double, by clock: @escaping @Sendable () -> Double) {
            end = clock() + seconds
            self.clock = clock
        }

        var hasPassed: Bool { clock() > end }
    }

    /// Feeds `bytes`, closes the input, and takes what comes until both outputs end, or `deadline` passes.
    mutating func exchange(
        _ bytes: [UInt8], until deadline: Deadline?
    ) -> (output: [UInt8], errorOutput: [UInt8]) {
        var outputBytes: [UInt8] = []
        var errorBytes: [UInt8] = []
        var fed = 0
        _ = fcntl(input, F_SETFL, O_NONBLOCK)
        if bytes.isEmpty { Self.shut(&input) }
        while input >= 0 || output >= 0 || errorOutput >= 0 {
            var polled = [
                pollfd(fd: input, events: Int16(POLLOUT), revents: 0),
                pollfd(fd: output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: errorOutput, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&polled, nfds_t(polled.count), deadline == nil ? -1 : 100)
            if ready < 0, errno != EINTR { break }
            if deadline?.hasPassed == true { break }
            if ready <= 0 { continue }
            if polled[0].revents != 0 {
                let count = bytes[fed...].withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
                // A program need not read all of its input.
                if count >= 0 { fed += count } else if errno != EAGAIN, errno != EINTR { fed = bytes.count }
                if fed == bytes.count { Self.shut(&input) }
            }
            if polled[1].revents != 0, !Self.take(output, into: &outputBytes) { Self.shut(&output) }
            if polled[2].revents != 0, !Self.take(errorOutput, into: &errorBytes) { Self.shut(&errorOutput) }
        }
        // Still open only if this gave up.
        Self.shut(&input)
        Self.shut(&output)
        Self.shut(&errorOutput)
        return (outputBytes, errorBytes)
    }

    /// Waits for the end, and brings it about when `deadline` passes: a program may run on though it has closed its
    /// outputs. The exit code, or 128 + the signal's number.
    func wait(until deadline: Deadline?) -> (status: Int32, timedOut: Bool) {
        var status: Int32 = 0
        var timedOut = false
        while true {
            let ended = waitpid(identifier, &status, deadline == nil || timedOut ? 0 : WNOHANG)
            if ended == identifier { break }
            if ended < 0 {
                guard errno == EINTR else { break }
            } else if deadline?.hasPassed == true {
                timedOut = true
                for process in Self.descendants(of: identifier, depth: 16) { kill(process, SIGKILL) }
            } else {
                usleep(10_000)
            }
        }
        let signal = status & 0x7F
        return (signal == 0 ? (status >> 8) & 0xFF : 128 + signal, timedOut)
    }

    /// `process` and what it has started, as far as the system says so: a shell that is killed leaves behind the
    /// program that it waits for.
    private static func descendants(of process: pid_t, depth: Int) -> [pid_t] {
        guard depth > 0, let file = fopen("/proc/\(process)/task/\(process)/children", "re") else {
            return [process]
        }
        defer { fclose(file) }
        var text = [UInt8](repeating: 0, count: 4096)
        let count = fread(&text, 1, text.count, file)
        let children = String(decoding: text.prefix(count), as: UTF8.self).split(separator: " ")
        return [process] + children.compactMap { pid_t($0) }.flatMap { descendants(of: $0, depth: depth - 1) }
    }

    /// False at the end.
    private static func take(_ descriptor: Int32, into bytes: inout [UInt8]) -> Bool {
        let chunk = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
            count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
        }
        bytes += chunk
        return !chunk.isEmpty
    }

    private static func shut(_ descriptor: inout Int32) {
        guard descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
    }
}

/// A pipe whose ends close on exec.
private struct Pipe {
    let readEnd: Int32
    let writeEnd: Int32

    init?() {
        var ends: [Int32] = [-1, -1]
        guard cprocess_pipe(&ends) == 0 else { return nil }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }
}

/// Calls `body` with `strings` as C has them: pointers, a null pointer at the end.
private func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
}
