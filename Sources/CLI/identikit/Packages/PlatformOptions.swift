import ArgumentParser
import OCI
import Packaging

/// The architectures that a package is built for.
struct PlatformOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Platforms to build for, separated by commas. Default: all that the package is for.",
            valueName: "platforms"))
    var platforms: [String] = []

    func options(_ package: PackageOptions) throws -> PackageBuildOptions {
        var options = PackageBuildOptions()
        options.package = package
        guard !platforms.isEmpty else { return options }
        options.architectures = try platforms.flatMap { $0.split(separator: ",") }.map { text in
            guard let platform = Platform(String(text)), platform.os == "linux" else {
                throw Failure("--platforms \(text): a platform is written linux/amd64", .usage)
            }
            return platform.architecture
        }
        return options
    }
}
