import ArgumentParser
import Packaging

struct PkgLockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock",
        abstract: "Pin the Debian packages of recipes in build.lock.json, with what the mirror has today.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var cache: CacheOptions
    @OptionGroup var flags: PackageFlags
    @OptionGroup var platforms: PlatformOptions

    @Argument(help: ArgumentHelp("Package directories.", valueName: "directory"))
    var directories: [String]

    func run() throws {
        let reporter = global.reporter
        var options = try platforms.options(flags.options)
        options.progress = { reporter.progress($0) }
        let builder = try PackageBuilder(cache: cache.path, options: options)
        for directory in try builder.directories(directories, reporter) {
            try builder.lock(directory)
            reporter.note("\(directory)/build.lock.json written")
        }
    }
}
