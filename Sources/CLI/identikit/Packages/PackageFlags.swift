import ArgumentParser
import Host
import Packaging

/// What every `pkg` command takes, with LinuxKit's names.
struct PackageFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Organisation in the image's name, in place of the one in build.yml. Default: $LINUXKIT_PKG_ORG.",
            valueName: "name"))
    var org: String?

    @Option(
        help: ArgumentHelp(
            "Template of the tag; {{.Hash}} stands for the hash of the sources.", valueName: "template"))
    var tag: String?

    @Option(help: ArgumentHelp("Hash to use instead of that of the sources.", valueName: "hash"))
    var hash: String?

    @Option(help: ArgumentHelp("Commit whose tree is hashed.", valueName: "commit"))
    var hashCommit = "HEAD"

    @Option(
        help: ArgumentHelp(
            "Path whose tree is hashed, if it is not the package itself.", valueName: "path"))
    var hashPath: String?

    @Option(name: .customLong("build-yml"), help: ArgumentHelp("Name of the recipe file.", valueName: "file"))
    var buildFile = "build.yml"

    @Flag(help: "Always mark the hash as dirty.")
    var forceDirty = false

    @Flag(help: "Name the image after the user ($USER) and the tag dev.")
    var dev = false

    /// What the environment says, for `build` as well: there, too, `@pkg:` means what pkg makes.
    static var ofEnvironment: PackageOptions {
        var options = PackageOptions()
        if let name = HostEnvironment.variable("LINUXKIT_PKG_ORG"), !name.isEmpty {
            options.organisation = name
        }
        return options
    }

    var options: PackageOptions {
        var options = Self.ofEnvironment
        options.buildFile = buildFile
        if let org { options.organisation = org }
        options.tag = tag
        options.hash = hash
        if dev {
            options.organisation = HostEnvironment.variable("USER") ?? options.organisation
            options.hash = "dev"
        }
        options.hashCommit = hashCommit
        options.hashPath = hashPath
        options.forceDirty = forceDirty
        return options
    }
}

/// The directories among `paths`; what else a pattern of the shell brought along is noted and left out.
func packageDirectories(_ paths: [String], _ reporter: Reporter) throws -> [String] {
    let (directories, files) = try PackageDirectory.sort(paths)
    for file in files { reporter.note("skipped \(file): it is a file, not a package directory") }
    return directories
}

extension PackageBuilder {
    /// The directories among `paths` that exist for the platforms asked for; each of the others is noted.
    func directories(_ paths: [String], _ reporter: Reporter) throws -> [String] {
        let selection = try selection(of: try packageDirectories(paths, reporter))
        for skipped in selection.skipped {
            reporter.note(
                "skipped \(skipped.directory): it is for \(skipped.known.joined(separator: ", ")) only")
        }
        return selection.directories
    }
}

extension Reporter {
    /// What is done goes by; that a lock is replaced stays on the screen.
    func progress(_ progress: PackageProgress) {
        if case .relocking = progress { note(progress.text) } else { self.progress(progress.text) }
    }
}

extension PackageProgress {
    /// The line for people.
    var text: String {
        switch self {
        case .locking(let suite, let architecture): "resolving packages of \(suite) for \(architecture)"
        case .relocking(let name, let version):
            "the mirror no longer has \(name) \(version): updating the lock"
        case .fetching(let count, let bytes): "fetching \(count) packages, \(bytes.readableSize)"
        case .unpacking(let name, let index, let count): "unpacking \(name) (\(index) of \(count))"
        case .writing(let reference, let architecture): "writing \(reference) for \(architecture)"
        case .unchanged(let reference, let architecture): "\(reference) for \(architecture) is unchanged"
        }
    }
}
