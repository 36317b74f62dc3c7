import ArgumentParser
import Packaging

struct PkgShowTagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show-tag",
        abstract: "Print the image names of package directories, made from their sources' hashes.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var flags: PackageFlags

    @Flag(help: "Print the full name, registry included.")
    var canonical = false

    @Argument(help: ArgumentHelp("Package directories.", valueName: "directory"))
    var directories: [String]

    func run() throws {
        for directory in try packageDirectories(directories, global.reporter) {
            let tag = try PackageTag.show(directory, options: flags.options)
            try Output.print(canonical ? tag.canonical : tag.description)
        }
    }
}
