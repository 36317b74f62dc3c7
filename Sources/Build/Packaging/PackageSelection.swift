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
        guard let asked = options.architectures, folders.count > 1 else {
            return PackageSelection(folders: folders)
        }
        var selection = PackageSelection()
        for path in folders {
            let known = try PackageFolder(path, options: options.package).recipe.architectures
            if known.contains(where: asked.contains) {
                selection.folders.append(path)
            } else {
                selection.skipped.append(.init(folder: path, known: known))
            }
        }
        guard !selection.folders.isEmpty else {
            throw PackagingError.noFolderForArchitectures(asked: asked, count: folders.count)
        }
        return selection
    }
}
