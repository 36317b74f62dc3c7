internal import Foundation
public import Host

/// The built executable, run as a user runs it.
public enum Executable {
    /// The one that was built together with these tests, or the one that `IDENTIKIT_EXECUTABLE` names.
    public static let path =
        HostEnvironment.variable("IDENTIKIT_EXECUTABLE") ?? "\(productsDirectory)/identikit"

    /// Where the build puts programs and tests.
    public static let productsDirectory: String = {
        let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (runner as NSString).deletingLastPathComponent
    }()

    /// Runs it in `directory` with an empty home and nothing else of the caller's environment.
    public static func run(
        _ arguments: [String], in directory: String, home: String? = nil, input: [UInt8] = [],
        environment: [String: String] = [:]
    ) throws -> Command.Result {
        try Command(
            path, arguments, environment: self.environment(home ?? "\(directory)/home", environment),
            workingDirectory: directory, input: input
        ).run()
    }

    /// Starts it in `directory` and does not wait. Nobody reads its standard output.
    public static func start(
        _ arguments: [String], in directory: String, environment: [String: String] = [:]
    ) throws -> Running {
        try Running(
            path, arguments, environment: self.environment("\(directory)/home", environment), in: directory)
    }

    private static func environment(_ home: String, _ more: [String: String]) -> [String: String] {
        ["HOME": home, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"].merging(more) { $1 }
    }
}

extension Executable {
    /// A program under way.
    public final class Running {
        private let process = Process()
        private let output = Pipe()
        private let errors = Pipe()
        private var said = Data()

        init(_ program: String, _ arguments: [String], environment: [String: String], in directory: String)
            throws
        {
            // A shell may have let what it runs in the background ignore the keyboard.
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["--default-signal=HUP,INT,TERM", program] + arguments
            process.environment = environment
            process.currentDirectoryURL = URL(fileURLWithPath: directory)
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = output
            process.standardError = errors
            try process.run()
        }

        public var isRunning: Bool { process.isRunning }

        /// True if it has a file in `directory` open that has no name, or a temporary one.
        public func isWriting(in directory: String) -> Bool {
            let descriptors = "/proc/\(process.processIdentifier)/fd"
            let files = FileManager.default
            // A process that has ended has none.
            let names = (try? files.contentsOfDirectory(atPath: descriptors)) ?? []
            return names.contains { name in
                guard let file = try? files.destinationOfSymbolicLink(atPath: "\(descriptors)/\(name)"),
                    file.hasPrefix("\(directory)/")
                else { return false }
                return file.hasSuffix(" (deleted)") || file.contains("/.identikit-")
            }
        }

        /// Bytes on its standard output that nobody has read.
        public var bytesWaiting: Int { Self.bytesWaiting(output) }

        /// What it has said on standard error by now.
        public var errorTextSoFar: String {
            let count = Self.bytesWaiting(errors)
            if count > 0 { said += (try? errors.fileHandleForReading.read(upToCount: count)) ?? Data() }
            return String(decoding: said, as: UTF8.self)
        }

        private static func bytesWaiting(_ pipe: Pipe) -> Int {
            var count: CInt = 0
            let status = ioctl(pipe.fileHandleForReading.fileDescriptor, UInt(FIONREAD), &count)
            return status == 0 ? Int(count) : 0
        }

        /// Sends signal `number`, waits for the end, and returns the exit code (128 + the signal's number if
        /// one ended it) and what the program said on standard error. Kills it after 20 seconds.
        public func end(signal number: Int32) throws -> (status: Int32, errorText: String) {
            kill(process.processIdentifier, number)
            let deadline = ContinuousClock.now + .seconds(20)
            while process.isRunning {
                if ContinuousClock.now > deadline { kill(process.processIdentifier, SIGKILL) }
                usleep(2_000)
            }
            return try outcome()
        }

        /// Waits for the end without keeping others from running; the exit code, and what the program said on
        /// standard error.
        public func finish() async throws -> (status: Int32, errorText: String) {
            while process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
            return try outcome()
        }

        /// Ends it without mercy, and does not wait.
        public func kill9() { kill(process.processIdentifier, SIGKILL) }

        private func outcome() throws -> (status: Int32, errorText: String) {
            said += try errors.fileHandleForReading.readToEnd() ?? Data()
            let text = String(decoding: said, as: UTF8.self)
            let wasKilled = process.terminationReason == .uncaughtSignal
            return (process.terminationStatus + (wasKilled ? 128 : 0), text)
        }
    }
}
