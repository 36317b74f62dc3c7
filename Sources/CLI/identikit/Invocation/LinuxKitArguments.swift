/// LinuxKit's ways of writing a command line that the argument parser does not know: global flags before the
/// command, or with one that has no use for them; `--verbose` with a level; `--flag=true`.
enum LinuxKitArguments {
    /// Commands of LinuxKit that are not there yet, and what to do meanwhile.
    private static let missing = [
        "push": "publish outputs in a registry with push oci, or upload them with your cloud's own tool",
        "serve": "serve the outputs of build with any web server",
        "metadata": "make the metadata image with your own tools",
    ]

    /// Global options that take a value, which may be the next word: LinuxKit takes them with every command.
    private static let valued: Set<String> = ["--cache", "--mirror", "--cert-file"]

    /// The arguments as the parser takes them. Throws for what cannot be done yet.
    static func normalized(_ arguments: [String]) throws -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.count
        // After -- stand names only.
        let names = arguments[end...]
        var rest = spelledOut(Array(arguments[..<end]))
        var globals: [String] = []
        moveGlobals(from: &rest, at: 0, to: &globals)
        // LinuxKit's cache takes them before its own commands as well; so does push.
        if ["cache", "push", "pull"].contains(rest.first) { moveGlobals(from: &rest, at: 1, to: &globals) }
        // Its push knows clouds; ours registries, which LinuxKit's does not.
        let isOurs = rest.first == "push" && [nil, "oci", "--help", "-h"].contains(rest.dropFirst().first)
        if let command = rest.first, let advice = missing[command], !isOurs {
            throw Failure("\(command) is not there yet; \(advice)", .unavailable)
        }
        let command = KnownOptions(of: rest)
        return fitted(rest + globals, to: command) + names
    }

    private static func moveGlobals(
        from rest: inout [String], at index: Int, to globals: inout [String]
    ) {
        while rest.indices.contains(index), rest[index].hasPrefix("-"),
            !["--help", "-h", "--version"].contains(rest[index])
        {
            let first = rest.remove(at: index)
            globals.append(first)
            if valued.contains(first), rest.indices.contains(index) { globals.append(rest.remove(at: index)) }
        }
    }

    /// Levels in words.
    private static func spelledOut(_ arguments: [String]) -> [String] {
        var result: [String] = []
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            if ["-v", "--verbose"].contains(argument), index < arguments.count,
                let level = Int(arguments[index])
            {
                result += verbosity(level)
                index += 1
            } else if parts.count == 2, ["-v", "--verbose"].contains(parts[0]), let level = Int(parts[1]) {
                result += verbosity(level)
            } else {
                result.append(argument)
            }
        }
        return result
    }

    /// LinuxKit's levels: 0 quiet, 1 informative, 2 and more for debugging.
    private static func verbosity(_ level: Int) -> [String] {
        level == 0 ? ["--quiet"] : level == 1 ? [] : ["--verbose"]
    }

    /// Without global options that `command` does not take, and with `--flag=true` as `--flag`.
    private static func fitted(_ arguments: [String], to command: KnownOptions) -> [String] {
        var result: [String] = []
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            let name = parts.first ?? argument
            if valued.contains(name), command.isKnown, !command.takesValue(name) {
                if parts.count == 1 { index += 1 }
            } else if parts.count == 2, ["true", "false"].contains(parts[1]), command.hasFlag(name) {
                // Some flags have three states: given, given as false, and not given.
                let opposite = "--no-\(name.dropFirst(2))"
                if parts[1] == "true" {
                    result.append(name)
                } else if command.hasFlag(opposite) {
                    result.append(opposite)
                }
            } else {
                result.append(argument)
            }
        }
        return result
    }
}
