public import Digests
public import KitConfig

/// Why a package could not be built, locked or named.
public enum PackagingError: Error, Equatable, Sendable {
    /// Everything that is wrong in a `build.yml`, in the file's order.
    case invalidRecipe([KitProblem])
    /// The directory has no `file` (`build.yml`, unless another name was asked for).
    case noBuildFile(directory: String, file: String)
    /// The directory can only be built by running a container.
    case needsContainer(directory: String, dockerfile: String)
    /// The package is not for any of the architectures asked for.
    case noArchitecture(directory: String, asked: [String], known: [String])
    /// None of several packages is for any of the architectures asked for.
    case noDirectoryForArchitectures(asked: [String], count: Int)
    /// Files of the package were not any more what they had been when the build began.
    case changedWhileBuilding(directory: String)
    /// The directory is not in the commit asked for.
    case notInCommit(directory: String, commit: String)
    /// No package source of this machine has the suite.
    case unknownSuite(String, known: [String])
    /// The lock file is damaged, or made by another version.
    case invalidLock(path: String, reason: String)
    /// The lock was made for another list of packages.
    case staleLock(path: String, architecture: String, directory: String)
    /// The mirror no longer has a .deb that the lock names.
    case packageGone(name: String, version: String, directory: String)
    /// What was fetched is not what the lock says.
    case digestMismatch(
        name: String, version: String, expected: SHA256Digest, found: SHA256Digest, directory: String)
    /// A .deb is damaged or hostile at byte `offset` of `part` (the .deb, or the tar in it).
    case invalidPackage(file: String, part: String, offset: UInt64, reason: String)
    /// Two Debian packages bring different things to one path.
    case conflict(path: String, first: String, second: String)
    /// A tool did not do what was asked of it; `doing` says what that was.
    case tool(doing: String, message: String)
    /// Something else that is wrong at a place in a recipe.
    case recipe(SourceLocation, message: String)
    /// An option that contradicts the package or another option.
    case option(message: String)
}
