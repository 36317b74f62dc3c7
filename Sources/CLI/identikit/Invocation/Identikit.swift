import ArgumentParser
import Host

/// The command. It answers to the name `linuxkit` as well: the flags are LinuxKit's, and under
/// that name its cache directory is the default too.
@main
struct Identikit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Invocation.name,
        abstract: "Assemble small Linux operating systems from OCI images, bit for bit the same every time.",
        discussion: """
            Examples:
              \(Invocation.name) build linuxkit.yml                 kernel, initrd and command line
              \(Invocation.name) build -f tar -o - minimal.yml      a tar archive on standard output
              \(Invocation.name) lock linuxkit.yml                  pin its images for later builds
              \(Invocation.name) pkg build packages/redis           a package from its recipe
              \(Invocation.name) cache import image.tar            images from an archive into the cache
              \(Invocation.name) check linuxkit.yml                 build again and again, and compare
              \(Invocation.name) run demo                           boot what was built

            Exit codes: 0 done, \(ExitStatus.listed), 130 interrupted.
            """,
        version: Version.text,
        subcommands: [
            BuildCommand.self, CacheCommand.self, CheckCommand.self, LockCommand.self, PkgCommand.self,
            PullCommand.self,
            PushCommand.self, RunCommand.self, VersionCommand.self,
        ])

    static func main() async {
        Interrupts.install(name: Invocation.name)
        var command: any ParsableCommand
        do {
            command = try parseAsRoot(try LinuxKitArguments.normalized(Invocation.arguments))
        } catch {
            // ArgumentParser's own: help, version, usage errors (64).
            if let failure = error as? Failure { failure.exit() }
            exit(withError: error)
        }
        do {
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            // Help is an error of the argument parser's own, whose types it keeps to itself; its exit codes
            // tell them apart.
            let isParsers = [.success, .validationFailure].contains(exitCode(for: error))
            if !isParsers, let failure = Failure(error) { failure.exit() }
            exit(withError: error)
        }
    }
}
