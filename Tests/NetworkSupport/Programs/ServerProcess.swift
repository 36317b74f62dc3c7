internal import Foundation
internal import Host

/// A server program under way, which ends with this value or with the tests, however they end.
final class ServerProcess: Sendable {
    private let process: Process
    /// Where both its outputs go.
    let log: String

    /// Starts `program`, which lives in no directory that matters, and does not wait for it.
    init(_ program: String, _ arguments: [String], log: String) async throws {
        guard let path = Command.find(program) else { throw CommandError.notFound(program: program) }
        guard let death = Command.find("setpriv") else { throw CommandError.notFound(program: "setpriv") }
        self.log = log
        // Linux kills the program when the *thread* that started it ends: here one that lasts as long as the tests.
        process = try await LastingThread.shared.run {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
            let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
            let process = Process()
            process.executableURL = URL(fileURLWithPath: death)
            process.arguments = ["--pdeathsig", "KILL", path] + arguments
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = output
            process.standardError = output
            try process.run()
            try output.close()
            return process
        }
    }

    deinit { stop() }

    /// Kills it; it answers nobody afterwards.
    func stop() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
    }

    /// Kills it and waits until its ports are free.
    func stopAndWait() async throws {
        stop()
        while process.isRunning { try await Task.sleep(for: .milliseconds(2)) }
    }

    /// What follows `mark` in its log, up to a character that `ends`, as soon as it is there.
    func wait(for mark: String, until ends: (Character) -> Bool) async throws -> String {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let isRunning = process.isRunning
            let text = logText
            if let found = text.range(of: mark) {
                let rest = text[found.upperBound...]
                if let end = rest.firstIndex(where: ends) { return String(rest[..<end]) }
            }
            guard isRunning, ContinuousClock.now < deadline else {
                throw CommandError.failed(
                    program: process.arguments?[2] ?? "", status: isRunning ? 0 : process.terminationStatus,
                    message: text)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    var logText: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }
}
