internal import KitConfig

/// One sentence for the user: what failed, where, and what to do about it.
extension PackagingError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidRecipe(let problems): problems.map(\.description).joined(separator: "\n")
        case .recipe(let position, let message): "\(position): \(message)"
        case .option(let message): message
        case .tool(let doing, let message):
            "\(doing): \(message.split(separator: "\n").joined(separator: "; "))"
        case .changedWhileBuilding(let directory):
            "files in \(directory) changed while the package was built; build it again when nothing writes to them"
        case .noBuildFile, .needsContainer, .noArchitecture, .noDirectoryForArchitectures, .notInCommit:
            directoryText
        case .unknownSuite, .invalidLock, .staleLock, .packageGone, .digestMismatch: lockText
        case .invalidPackage(let file, let part, let offset, let reason):
            "\(file) is damaged: \(part), byte \(offset): \(reason)"
        case .conflict(let path, let first, let second):
            "\(first) and \(second) bring different things to \(path); leave one out with `exclude` or `remove`"
        }
    }

    private var directoryText: String {
        switch self {
        case .noBuildFile(let directory, let file):
            "\(directory) is not a package directory: \(file) not found"
        case .needsContainer(let directory, let dockerfile):
            "\(directory) has no `contents` in its build.yml, and building its \(dockerfile) takes a container, which "
                + "nothing here runs; say in `contents` what the image holds (Docs/packages.md)"
        case .noArchitecture(let directory, let asked, let known):
            "\(directory) is for \(known.joined(separator: ", "))"
                + (asked.isEmpty
                    ? ", and --skip-platforms leaves out all of it"
                    : ", not for \(asked.joined(separator: ", "))")
        case .noDirectoryForArchitectures(let asked, let count):
            asked.isEmpty
                ? "nothing to do: --skip-platforms leaves out all of the \(count) packages"
                : "nothing to do: none of the \(count) packages is for \(asked.joined(separator: ", ")); pass --platforms "
                    + "with one that their build.yml names"
        case .notInCommit(let directory, let commit): "\(directory) is not in the commit \(commit)"
        default: ""
        }
    }

    private var lockText: String {
        switch self {
        case .unknownSuite(let suite, let known):
            "no package source of this machine has the suite \(suite); apt knows "
                + (known.isEmpty ? "none" : known.joined(separator: ", "))
        case .invalidLock(let path, let reason):
            "\(path) is not a valid lock: \(reason); remove it or update it with pkg lock"
        case .staleLock(let path, let architecture, let directory):
            "\(path) was made for other packages (\(architecture)); update the lock with `\(Self.relock(directory))`"
        case .packageGone(let name, let version, let directory):
            "the mirror no longer has \(name) \(version); update the lock with `\(Self.relock(directory))`"
        case .digestMismatch(let name, let version, let expected, let found, let directory):
            "\(name) \(version) from the mirror has SHA-256 \(found), the lock says \(expected); if the mirror "
                + "is to be trusted, update the lock with `\(Self.relock(directory))`"
        default: ""
        }
    }

    private static func relock(_ directory: String) -> String { "identikit pkg build --relock \(directory)" }
}
