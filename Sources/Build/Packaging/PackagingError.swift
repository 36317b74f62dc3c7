public import Bytes

/// Why a package could not be built, locked or named.
public enum PackagingError: Error, Equatable, Sendable {
    /// Everything that is wrong in a `build.yml`, in the file's order.
    case invalidRecipe([RecipeProblem])
    /// The folder has no `build.yml` (`file`, where another name was asked for).
    case noBuildFile(folder: String, file: String)
    /// The folder can only be built by running a container.
    case needsContainer(folder: String, dockerfile: String)
    /// The folder is not in the commit asked for.
    case notInCommit(folder: String, commit: String)
    /// A tool did not do what was asked of it; `doing` says what that was.
    case tool(doing: String, message: String)
    /// Bytes could not be read or written.
    case stream(StreamError)
    /// Anything else that is wrong at a place in a recipe.
    case recipe(SourcePosition, message: String)
    /// An option that contradicts the package or another option.
    case option(message: String)
}
