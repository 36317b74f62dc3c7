import ArgumentParser
import Digests
import FileTree
import OCI
import Packaging

struct PkgBuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build packages from their recipes into the image cache, without a daemon.",
        discussion: """
            A package is built if its build.yml has a contents section (Docs/packages.md). Debian packages are \
            pinned in build.lock.json beside it, which is made if it is missing.

            Examples:
              \(Invocation.name) pkg build packages/redis
              \(Invocation.name) pkg build --platforms linux/amd64 packages/*/
              \(Invocation.name) pkg build --relock packages/redis   with what Debian has today
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var cache: CacheOptions
    @OptionGroup var epoch: EpochOptions
    @OptionGroup var flags: PackageFlags
    @OptionGroup var platforms: PlatformOptions

    @Argument(help: ArgumentHelp("Package directories.", valueName: "directory"))
    var directories: [String]

    @Flag(help: "Resolve the Debian packages again and update the lock.")
    var relock = false

    @Flag(help: "Resolve the Debian packages again if the mirror no longer has a locked version.")
    var relockWhenGone = false

    @Flag(help: "Build even if nothing has changed.")
    var force = false

    @Option(help: "Number of workers; does not affect the images. Default: one per processor.")
    var jobs: Int?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() throws {
        let reporter = global.reporter
        var options = try platforms.options(flags.options)
        options.relock = relock
        options.relockWhenGone = relockWhenGone
        options.force = force
        options.epoch = try epoch.stamp().time
        options.jobs = try Jobs.checked(jobs)
        options.progress = { reporter.progress($0) }
        let builder = try PackageBuilder(cache: cache.path, options: options)
        var built: [BuiltPackage] = []
        for directory in try builder.directories(directories, reporter) {
            built.append(try builder.build(directory))
        }
        reporter.clear()
        try report(built)
    }

    private func report(_ built: [BuiltPackage]) throws {
        if json {
            let named = built.map { (name: $0.reference.description, digest: $0.index.digest) }
            return try Output.print(NamedDigests(key: "packages", rows: named).json)
        }
        guard !global.quiet else { return }
        let rows = built.map { [$0.index.digest.hex, $0.reference.description] }
        try Output.print(Table(rows: rows).text())
    }
}
