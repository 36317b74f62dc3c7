import ArgumentParser

struct PkgCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pkg",
        abstract: "Build packages: directories with a build.yml.",
        subcommands: [PkgBuildCommand.self, PkgLockCommand.self, PkgShowTagCommand.self])
}
