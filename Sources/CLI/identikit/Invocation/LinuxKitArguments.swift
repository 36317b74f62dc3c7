import Bytes
import Host

/// LinuxKit's ways of writing a command line that the argument parser does not know: global flags before the
/// command, or with one that has no use for them; options of a group before its command (`pkg --org x show-tag`);
/// `--verbose` with a level; `--flag=true`; options that only LinuxKit has.
enum LinuxKitArguments {
    /// Commands of LinuxKit that Identikit does not have, and what to do instead.
    private static let missing = [
        "push": "publish outputs in a registry with push oci, or upload them with your cloud's own tool",
        "serve": "serve the outputs of build with any web server",
        "metadata": "make the metadata image with your own tools",
        "pkg push":
            "build with pkg build, then publish with cache push and the name that pkg show-tag prints",
        "pkg manifest": "cache push publishes the index of all platforms along with the image",
        "pkg index": "cache push publishes the index of all platforms along with the image",
        "pkg remote-tag": "publish under the other name with cache push --remote-name",
        "pkg builder": "packages are built without a builder; cache du and cache clean are about disk space",
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
        moveOptions(from: &rest, at: 0, valued: valued, to: &globals)
        // LinuxKit's groups take options before their commands as well.
        if rest.count > 1, rest[1].hasPrefix("-"), ["cache", "push", "pull", "pkg"].contains(rest[0]),
            let options = KnownOptions.valued(inGroup: rest[0])
        {
            moveOptions(from: &rest, at: 1, valued: options.union(valued), to: &globals)
        }
        // Its push knows clouds; ours registries, which LinuxKit's does not.
        let isOurs = rest.first == "push" && [nil, "oci", "--help", "-h"].contains(rest.dropFirst().first)
        for command in [1, 2].map({ rest.prefix($0).joined(separator: " ") }) {
            if let advice = missing[command], !isOurs {
                throw Failure("\(command) of LinuxKit is not supported; \(advice)", .unavailable)
            }
        }
        let command = KnownOptions(of: rest)
        return try fitted(rest + globals, to: command) + names
    }

    private static func moveOptions(
        from rest: inout [String], at index: Int, valued: Set<String>, to globals: inout [String]
    ) {
        while rest.indices.contains(index), rest[index].hasPrefix("-"),
            !["--help", "-h", "--version"].contains(rest[index])
        {
            let first = rest.remove(at: index)
            globals.append(first)
            let takesValue =
                valued.contains(first)
                || index > 0 && LinuxKitFlag.named(first, of: rest[0])?.takesValue == true
            if takesValue, rest.indices.contains(index) { globals.append(rest.remove(at: index)) }
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

    /// Without global options that `command` does not take, and options that only LinuxKit has; with
    /// `--flag=true` as `--flag`.
    private static func fitted(_ arguments: [String], to command: KnownOptions) throws -> [String] {
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
            } else if command.isKnown, !command.takesValue(name), !command.hasFlag(name),
                let flag = LinuxKitFlag.named(name, of: command.path)
            {
                try leaveOut(
                    flag, of: command.path, isQuiet: arguments.contains { ["-q", "--quiet"].contains($0) })
                if flag.takesValue, parts.count == 1 { index += 1 }
            } else {
                result.append(argument)
                // What looks like an option may be a value.
                if command.takesValue(argument), index < arguments.count {
                    result.append(arguments[index])
                    index += 1
                }
            }
        }
        return result
    }

    private static func leaveOut(_ flag: LinuxKitFlag, of command: String, isQuiet: Bool) throws {
        switch flag.fate {
        case .unsupported(let advice):
            throw Failure("\(flag.name) of LinuxKit's \(command) is not supported; \(advice)", .usage)
        case .unneeded(let reason):
            if isQuiet { return }
            var sink = DescriptorSink.standardError
            try sink.write(
                Array("ignored \(flag.name) of LinuxKit's \(command), which is not needed: \(reason)\n".utf8))
        }
    }
}
