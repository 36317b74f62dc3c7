import ArgumentParser
import Comparison
import Digests
import Host
import JSON
import Outputs

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Build again and again under different circumstances, and compare the outputs.",
        discussion: """
            Every round builds with another time zone, locale, umask, home, number of workers, environment and state \
            of the derived cache (cold, warm, damaged); where the machine allows it, also with another clock (with \
            faketime), host name (as root) and file system. Options that check does not have are those of build. \
            Relative paths mean the same in all rounds, so the working directory stays.

            --against compares the outputs with those that somebody else built. --command checks any builder: it is run \
            by the shell in every round, and the files named with --outputs are compared.

            Exit codes: 0 all outputs are equal, 1 some are not, others as for build.

            Examples:
              \(Invocation.name) check linuxkit.yml
              \(Invocation.name) check --rounds 10 -f raw-efi,iso --efi-boot boot linuxkit.yml
              \(Invocation.name) check --against their-outputs linuxkit.yml
              \(Invocation.name) check --command 'make image' --outputs image.iso
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var cache: CacheOptions
    @OptionGroup var registry: RegistryOptions

    @Option(help: "Number of builds to compare.")
    var rounds = 5

    @Option(
        help: ArgumentHelp(
            "Directory with outputs of the same names, to compare as well.", valueName: "directory"))
    var against: String?

    @Option(help: ArgumentHelp("Command of another builder, run by the shell.", valueName: "command"))
    var command: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Files that the command writes.", valueName: "file"))
    var outputs: [String] = []

    @Flag(help: "Print the result as JSON.")
    var json = false

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp("Configuration files, and options of build.", valueName: "file"))
    var arguments: [String] = []

    func run() async throws {
        let reporter = global.reporter
        guard (2...1000).contains(rounds) else {
            throw Failure("--rounds \(rounds): pass a number from 2 to 1000", .usage)
        }
        var check = ReproducibilityCheck(
            CheckedBuild(try await kind(reporter)), rounds: Circumstances.rounds(rounds))
        if let against {
            guard try FileStatus.following(against)?.kind == .directory else {
                throw Failure("--against \(against): directory not found", .missingInput)
            }
            check.other = against
        }
        let report = try check.run { event in
            guard case .round(let number, let count, let name) = event else { return }
            reporter.progress("round \(number) of \(count): \(name)")
        }
        reporter.clear()
        try print(report)
        if !report.isReproducible { HostProcess.exit(1) }
    }

    private func kind(_ reporter: Reporter) async throws -> CheckedBuild.Kind {
        guard let command else {
            if !outputs.isEmpty { throw Failure("--outputs names files of a --command", .usage) }
            return try CheckedArguments(arguments + registry.arguments, cache: cache.path).kind
        }
        guard arguments.isEmpty else {
            throw Failure("--command cannot be used with \(arguments[0])", .usage)
        }
        guard !outputs.isEmpty else {
            throw Failure("--command needs --outputs: the files that it writes", .usage)
        }
        var names: Set<Substring> = []
        for output in outputs {
            guard names.insert(output.split(separator: "/").last ?? "").inserted else {
                throw Failure(
                    "--outputs: two files are called \(output.split(separator: "/").last ?? "")", .usage)
            }
        }
        return .command(command, outputs: outputs)
    }

    private func print(_ report: CheckReport) throws {
        if json { return try Output.print(Self.json(report)) }
        var rows: [[String]] = []
        for file in report.files {
            var verdicts = file.differences.map { "round \($0.round + 1): \($0.difference)" }
            if let other = file.otherDifference { verdicts.append("\(against ?? "other"): \(other)") }
            if verdicts.isEmpty { verdicts = ["equal"] }
            for (number, verdict) in verdicts.enumerated() {
                rows.append(
                    number == 0
                        ? [file.digest.hex, file.size.readableSize, file.name, verdict]
                        : ["", "", "", verdict])
            }
        }
        try Output.print(Table(rows: rows).text(alignedRight: [1]))
        let differing = report.files.count { !$0.isReproducible }
        let compared = "\(report.rounds.count) rounds" + (against.map { " and \($0)" } ?? "")
        try Output.print(
            differing == 0
                ? "all \(report.files.count) files are equal in \(compared)"
                : "\(differing) of \(report.files.count) files differ in \(compared)")
    }

    private static func json(_ report: CheckReport) -> JSONValue {
        let files = report.files.map { file -> JSONValue in
            var object: JSONObject = [
                "name": .text(file.name), "size": .number(file.size), "sha256": .text(file.digest.hex),
                "equal": .bool(file.isReproducible),
            ]
            object["differences"] = .array(
                file.differences.map { difference in
                    [
                        "round": .text(report.rounds[difference.round]),
                        "difference": .text("\(difference.difference)"),
                    ]
                })
            if let other = file.otherDifference { object["against"] = .text("\(other)") }
            return .object(object)
        }
        return [
            "rounds": .texts(report.rounds), "equal": .bool(report.isReproducible), "files": .array(files),
        ]
    }
}
