import ArgumentParser
import Building
import Comparison
import Host
import Outputs

/// The arguments of `build` that a check repeats.
struct CheckedArguments {
    private let build: BuildCommand
    private let arguments: [String]
    private let cache: String

    init(_ arguments: [String], cache: String) throws {
        self.arguments = arguments
        self.cache = cache
        do { build = try BuildCommand.parse(arguments) } catch {
            throw Failure(BuildCommand.message(for: error), .usage)
        }
        let refused = [
            ("-o", build.output != nil), ("--dir", build.dir != nil), ("--dry-run", build.dryRun),
            ("--sbom-current-time", build.sbomCurrentTime), ("--jobs", build.jobs != nil),
            ("--cache-to", build.sharing.cacheTo != nil),
        ]
        if let (option, _) = refused.first(where: \.1) {
            throw Failure("check cannot be used with \(option)", .usage)
        }
        if build.files.contains("-") {
            throw Failure("check reads the configuration in every round; pass a file instead of -", .usage)
        }
    }

    var kind: CheckedBuild.Kind {
        get throws {
            let formats = try build.request().formats
            let common = Self.without(["-f", "--format"], arguments)
            return .identikit(
                executable: try Directory.realPath("/proc/self/exe"),
                runs: Self.groups(formats).map {
                    ["--format", $0.map(\.name).joined(separator: ",")] + common
                },
                cache: cache)
        }
    }

    /// The formats in as few runs as possible: those that would write the same file are apart.
    private static func groups(_ formats: [OutputFormat]) -> [[OutputFormat]] {
        var groups: [[OutputFormat]] = []
        for format in formats {
            let fitting = groups.firstIndex { group in
                group.allSatisfy { OutputFormats.clash($0, format) == nil }
            }
            if let fitting { groups[fitting].append(format) } else { groups.append([format]) }
        }
        return groups
    }

    /// The arguments without options that are passed otherwise, and their values.
    private static func without(_ options: [String], _ arguments: [String]) -> [String] {
        var rest: [String] = []
        var isValue = false
        for argument in arguments {
            if isValue {
                isValue = false
            } else if options.contains(argument) {
                isValue = true
            } else if !options.contains(where: { argument.hasPrefix("\($0)=") }) {
                rest.append(argument)
            }
        }
        return rest
    }
}
