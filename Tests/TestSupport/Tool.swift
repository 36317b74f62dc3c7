public import Host
internal import Testing

/// Other people's tools that judge our outputs.
public enum Tool {
    /// True under continuous integration, where a missing oracle is a failure.
    public static var isCI: Bool { HostEnvironment.variable("CI") == "true" }

    /// True if every one of `names` is installed, or if this is CI: there the test
    /// runs and fails on the missing tool instead of being skipped.
    public static func available(_ names: String...) -> Bool {
        isCI || names.allSatisfy { Command.find($0) != nil }
    }

    /// Runs a tool; records an issue unless it exits with 0.
    @discardableResult
    public static func run(
        _ program: String, _ arguments: [String] = [], in directory: String? = nil, input: [UInt8] = [],
        environment: [String: String]? = nil
    ) throws -> Command.Result {
        let result = try Command(
            program, arguments, environment: environment, workingDirectory: directory, input: input
        ).run()
        if result.status != 0 {
            Issue.record(
                "\(program) \(arguments.joined(separator: " ")): exit \(result.status): \(result.errorText)")
        }
        return result
    }
}
