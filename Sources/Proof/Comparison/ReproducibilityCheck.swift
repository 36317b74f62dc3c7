internal import Bytes
public import Digests
internal import Host

/// Builds again and again under different circumstances and compares the outputs, byte by byte.
public struct ReproducibilityCheck: Sendable {
    public let build: CheckedBuild
    public let rounds: [Circumstances]
    /// A directory with outputs of somebody else, to be compared by name; nil for none.
    public var other: String?

    public init(_ build: CheckedBuild, rounds: [Circumstances]) {
        self.build = build
        self.rounds = rounds
    }

    /// What happens, for a report of progress.
    public enum Event: Sendable {
        case round(Int, of: Int, name: String)
    }

    /// Runs all rounds. The first round's outputs are those that the others are compared with.
    public func run(events: (Event) -> Void) throws -> CheckReport {
        let workshop = try CheckWorkshop()
        defer { workshop.remove() }
        var report = CheckReport(rounds: rounds.map(\.name))
        var directories: [String] = []
        for (number, circumstances) in rounds.enumerated() {
            events(.round(number + 1, of: rounds.count, name: circumstances.name))
            let directory = try workshop.outputs(number, isInMemory: circumstances.isInMemory)
            try build.run(circumstances, in: workshop, to: directory)
            directories.append(directory)
            try report.add(directory, round: number, reference: directories[0])
            // Of equal outputs one is enough.
            if number > 0 { try Directory.remove(directory) }
        }
        if report.files.isEmpty { throw CheckError.nothingWritten }
        if let other { try report.compare(with: other, reference: directories[0]) }
        return report
    }
}

/// The result of a check.
public struct CheckReport: Sendable {
    public struct File: Sendable {
        public let name: String
        /// Of the first round's file: its size in bytes, and SHA-256.
        public let size: UInt64
        public let digest: SHA256Digest
        /// How other rounds' files differ from it, by the number of the round from 0.
        public fileprivate(set) var differences: [(round: Int, difference: Difference)] = []
        /// How the file of the other builder differs from it; nil if it is equal or was not compared.
        public fileprivate(set) var otherDifference: Difference?

        public var isReproducible: Bool { differences.isEmpty && otherDifference == nil }
    }

    public enum Difference: Sendable {
        case missing
        /// It was not written in the first round.
        case unexpected
        case bytes(FileDifference)
    }

    /// The names of the rounds.
    public let rounds: [String]
    public fileprivate(set) var files: [File] = []

    public var isReproducible: Bool { files.allSatisfy(\.isReproducible) }

    fileprivate init(rounds: [String]) { self.rounds = rounds }

    fileprivate mutating func add(_ directory: String, round: Int, reference: String) throws {
        let names = try Directory.names(directory).map(\.text).sorted()
        if round == 0 {
            files = try names.map { name in
                let file = try ReadableFile(path: "\(directory)/\(name)")
                var hasher = SHA256Hasher()
                var source = RangeSource(file)
                try source.copy(to: &hasher)
                return File(name: name, size: file.count, digest: hasher.finalize())
            }
            return
        }
        for index in files.indices {
            let name = files[index].name
            if let difference = try Self.difference(name, directory, reference: reference) {
                files[index].differences.append((round, difference))
            }
        }
        for name in names where !files.contains(where: { $0.name == name }) {
            var file = File(name: name, size: 0, digest: SHA256Digest(hashing: [UInt8]()))
            file.differences = [(round, .unexpected)]
            files.append(file)
        }
    }

    fileprivate mutating func compare(with other: String, reference: String) throws {
        for index in files.indices {
            files[index].otherDifference = try Self.difference(
                files[index].name, other, reference: reference)
        }
    }

    private static func difference(
        _ name: String, _ directory: String, reference: String
    ) throws -> Difference? {
        guard try FileStatus.following("\(directory)/\(name)") != nil else { return .missing }
        guard try FileStatus.following("\(reference)/\(name)") != nil else { return nil }
        return try FileDifference.first("\(reference)/\(name)", "\(directory)/\(name)").map { .bytes($0) }
    }
}

extension CheckReport.Difference: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing: "missing"
        case .unexpected: "not written in the first round"
        case .bytes(let difference): "differs \(difference)"
        }
    }
}
