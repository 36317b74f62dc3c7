/// Which of several package directories there is something to do for.
public struct PackageSelection: Equatable, Sendable {
    /// As they were given, in order.
    public var directories: [String] = []
    /// Those that exist for other architectures only.
    public var skipped: [Skipped] = []

    public struct Skipped: Equatable, Sendable {
        public let directory: String
        /// The architectures that the package exists for.
        public let known: [String]
    }
}

extension PackageBuilder {
    /// Those of `directories` that exist for one of the architectures asked for. A directory named alone is kept, so
    /// that working on it says what is wrong; where nothing at all would be left, that is an error here.
    public func selection(of directories: [String]) throws -> PackageSelection {
        guard directories.count > 1 else {
            return PackageSelection(directories: directories)
        }
        var selection = PackageSelection()
        for path in directories {
            let known = try PackageDirectory(path, options: options.package).recipe.architectures
            if options.chosen(among: known).isEmpty {
                selection.skipped.append(.init(directory: path, known: known))
            } else {
                selection.directories.append(path)
            }
        }
        guard !selection.directories.isEmpty else {
            throw PackagingError.noDirectoryForArchitectures(
                asked: options.architectures ?? [], count: directories.count)
        }
        return selection
    }
}
