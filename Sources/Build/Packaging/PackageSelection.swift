/// Which of several package folders there is something to do for.
public struct PackageSelection: Equatable, Sendable {
    /// As they were given, in order.
    public var folders: [String] = []
    /// Those that exist for other architectures only.
    public var skipped: [Skipped] = []

    public struct Skipped: Equatable, Sendable {
        public let folder: String
        /// The architectures that the package exists for.
        public let known: [String]
    }
}

extension PackageBuilder {
    /// Those of `folders` that exist for one of the architectures asked for. A folder named alone is kept, so
    /// that working on it says what is wrong; where nothing at all would be left, that is an error here.
    public func selection(of folders: [String]) throws -> PackageSelection {
        guard folders.count > 1 else {
            return PackageSelection(folders: folders)
        }
        var selection = PackageSelection()
        for path in folders {
            let known = try PackageFolder(path, options: options.package).recipe.architectures
            if options.chosen(among: known).isEmpty {
                selection.skipped.append(.init(folder: path, known: known))
            } else {
                selection.folders.append(path)
            }
        }
        guard !selection.folders.isEmpty else {
            throw PackagingError.noFolderForArchitectures(
                asked: options.architectures ?? [], count: folders.count)
        }
        return selection
    }
}
