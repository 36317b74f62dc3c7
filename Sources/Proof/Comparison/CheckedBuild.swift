internal import Bytes
internal import Host

/// A build that can be run again and again under different circumstances.
public struct CheckedBuild: Sendable {
    public enum Kind: Sendable {
        /// This program: its executable, and arguments of `build` by run, formats that would write the same file apart;
        /// the image cache from which it reads.
        case identikit(executable: String, runs: [[String]], cache: String)
        /// A command of the shell, run in the working directory, and the files that it writes.
        case command(String, outputs: [String])
    }

    public var kind: Kind

    public init(_ kind: Kind) { self.kind = kind }

    /// Runs it under `circumstances` and puts what it writes into `directory`.
    func run(_ circumstances: Circumstances, in workshop: CheckWorkshop, to directory: String) throws {
        switch kind {
        case .identikit(let executable, let runs, let cache):
            let cache = try workshop.cache(for: cache, circumstances.derived)
            for arguments in runs {
                try execute(
                    [executable, "build", "--quiet", "--cache", cache, "--jobs", "\(circumstances.jobs)"]
                        + ["--dir", directory] + arguments, circumstances, workshop)
            }
        case .command(let text, let outputs):
            try execute(["sh", "-c", text], circumstances, workshop)
            for output in outputs { try Self.keep(output, in: directory) }
        }
    }

    private func execute(
        _ command: [String], _ circumstances: Circumstances, _ workshop: CheckWorkshop
    ) throws {
        let wrapped = circumstances.wrapping(command)
        let result = try Command(
            wrapped[0], Array(wrapped.dropFirst()),
            environment: circumstances.environment(home: workshop.home)
        ).run()
        guard result.status == 0 else {
            throw CheckError.failed(
                round: circumstances.name, status: result.status, message: result.errorText)
        }
    }

    /// Copies an output of a command, under its own name.
    private static func keep(_ output: String, in directory: String) throws {
        guard try FileStatus.following(output)?.kind == .regular else {
            throw CheckError.outputMissing(path: output)
        }
        let name = output.split(separator: "/").last.map(String.init) ?? output
        var file = try AtomicFile(path: "\(directory)/\(name)")
        var source = RangeSource(try ReadableFile(path: output))
        try source.copy(to: &file)
        try file.commit()
    }
}

/// Why a check could not be made.
public enum CheckError: Error, Equatable, Sendable {
    /// The build failed under the circumstances.
    case failed(round: String, status: Int32, message: String)
    /// The command did not write the file.
    case outputMissing(path: String)
    /// There was nothing to compare.
    case nothingWritten
    /// Two outputs have the same name.
    case sameName(String)
}
