import Foundation
import Host
import TestSupport

/// QEMU, started with a console that goes to a file and ended as soon as that says what is waited for.
struct Machine {
    /// Seconds. Emulation takes a few, more where others run beside it.
    static let timeLimit = 300

    struct Outcome {
        var console: String
        /// What was waited for and did not come.
        var missing: [String]
        /// What QEMU itself said.
        var errors: String
    }

    let program: String
    let arguments: [String]

    /// Starts the machine and returns when all of `lines` have come, it has ended or the time is over.
    func run(console: String, until lines: [String]) async throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Command.find(program) ?? program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        defer {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
        }
        let end = ContinuousClock.now + .seconds(Self.timeLimit)
        var text = ""
        var missing = lines
        while !missing.isEmpty, process.isRunning, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(100))
            text = Self.text(of: console)
            missing = lines.filter { !text.contains($0) }
        }
        let said = missing.isEmpty || process.isRunning ? Data() : errors.fileHandleForReading.availableData
        return Outcome(
            console: text, missing: missing, errors: String(decoding: said, as: UTF8.self))
    }

    /// What the console has shown, carriage returns left out.
    private static func text(of path: String) -> String {
        let bytes = FileManager.default.contents(atPath: path) ?? Data()
        return String(decoding: bytes.filter { $0 != 0x0D }, as: UTF8.self)
    }
}

/// How many machines run at once: more would only make each slower.
actor Gate {
    static let machines = Gate(2)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = count }

    /// Runs `body` when there is room.
    nonisolated func pass(_ body: () async throws -> Void) async throws {
        await enter()
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        await leave()
        try result.get()
    }

    private func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
