import ArgumentParser
import OCI
import Packaging

/// The architectures that a package is built for.
struct PlatformOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Platforms to build for, separated by commas. Default: all platforms of the package.",
            valueName: "platforms"))
    var platforms: [String] = []

    @Option(
        help: ArgumentHelp(
            "Platforms to skip, separated by commas.",
            valueName: "platforms"))
    var skipPlatforms: [String] = []

    func options(_ package: PackageOptions) throws -> PackageBuildOptions {
        var options = PackageBuildOptions()
        options.package = package
        if !platforms.isEmpty, !skipPlatforms.isEmpty {
            throw Failure("--skip-platforms cannot be used with --platforms", .usage)
        }
        options.skippedArchitectures = try Self.architectures(skipPlatforms, of: "--skip-platforms")
        if !platforms.isEmpty {
            options.architectures = try Self.architectures(platforms, of: "--platforms")
        }
        return options
    }

    private static func architectures(_ lists: [String], of option: String) throws -> [String] {
        try lists.flatMap { $0.split(separator: ",") }.map { text in
            guard let platform = Platform(String(text)), platform.os == "linux" else {
                throw Failure("\(option) \(text): not a platform; write e.g. linux/amd64", .usage)
            }
            return platform.architecture
        }
    }
}
