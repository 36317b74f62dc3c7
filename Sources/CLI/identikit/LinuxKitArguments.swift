/// LinuxKit's ways of writing a command line that the argument parser does not know: global flags before the
/// command, `--verbose` with a level, `--flag=true`.
enum LinuxKitArguments {
    /// Commands of LinuxKit that are not there yet, and what to do meanwhile.
    private static let missing = [
        "push": "publish outputs in a registry with push oci, or upload them with your cloud's own tool",
        "serve": "serve the outputs of build with any web server",
        "metadata": "make the metadata image with your own tools",
    ]

    private static let booleans: Set<String> = [
        "--quiet", "--no-sbom", "--sbom-current-time", "--decompress-kernel", "--pull", "--docker",
        "--dry-run",
        "--force", "--canonical", "--gui", "--kernel", "--iso", "--squashfs", "--uefi", "--usb",
    ]

    /// Global options that take a value, which may be the next word.
    private static let valued: Set<String> = ["--cache", "--mirror", "--cert-file"]

    /// The arguments as the parser takes them. Throws for what cannot be done yet.
    static func normalized(_ arguments: [String]) throws -> [String] {
        var rest = try spelledOut(arguments)
        var globals: [String] = []
        moveGlobals(from: &rest, at: 0, to: &globals)
        // LinuxKit's cache takes them before its own commands as well.
        if rest.first == "cache" { moveGlobals(from: &rest, at: 1, to: &globals) }
        // Its push knows clouds; ours registries, which LinuxKit's does not.
        let isOurs = rest.first == "push" && [nil, "oci", "--help", "-h"].contains(rest.dropFirst().first)
        if let command = rest.first, let advice = missing[command], !isOurs {
            throw Failure("\(command) is not there yet; \(advice)", .unavailable)
        }
        return rest + globals
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

    private static func spelledOut(_ arguments: [String]) throws -> [String] {
        var result: [String] = []
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            if argument == "--" { return result + arguments[(index - 1)...] }
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            if ["-v", "--verbose"].contains(argument), index < arguments.count,
                let level = Int(arguments[index])
            {
                result += verbosity(level)
                index += 1
            } else if parts.count == 2, parts[0] == "--verbose", let level = Int(parts[1]) {
                result += verbosity(level)
            } else if parts.count == 2, booleans.contains(parts[0]), ["true", "false"].contains(parts[1]) {
                if parts[1] == "true" { result.append(parts[0]) }
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
}
