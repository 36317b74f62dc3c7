internal import FileTree
internal import Host
internal import KitConfig
internal import OCI
internal import Packaging

/// The images of the package directories that a build names with `@pkg:`.
struct PackageImages: Sendable {
    /// How tags are made.
    let options: PackageOptions
    private var known: [(directory: String, reference: ImageReference)] = []

    init(options: PackageOptions) { self.options = options }

    /// What the packages are called.
    var references: Set<ImageReference> { Set(known.map(\.reference)) }

    /// True for the image of a package that is built here by its recipe, and not one that only a registry has.
    @Sendable func builds(_ reference: ImageReference) throws -> Bool {
        for (directory, name) in known where name == reference {
            if try PackageDirectory(directory).recipe.contents != nil { return true }
        }
        return false
    }

    /// The image name of the package directory `path`, which is relative to the directory of `file`.
    mutating func tag(path: String, relativeTo file: String) throws -> String {
        let slash = file.lastIndex(of: "/")
        let base = slash.map { String(file[...$0]) } ?? ""
        let directory = path.hasPrefix("/") ? path : base + path
        let tag = try PackageTag.show(directory, options: options).description
        let reference = try ImageReference(tag)
        if !known.contains(where: { $0.reference == reference }) {
            known.append((directory: directory, reference: reference))
        }
        return tag
    }

    /// Builds every package that has a recipe and whose image in the cache, if any, was made from something else;
    /// true if there was one. Its tag may be another afterwards: a lock that was missing has become part of the
    /// directory.
    func buildMissing(
        cache: ImageCache, platform: Platform, stamp: BuildStamp,
        events: @escaping @Sendable (BuildEvent) -> Void
    ) throws -> Bool {
        guard !known.isEmpty else { return false }
        let layout = try cache.layout()
        var options = PackageBuildOptions()
        options.package = self.options
        options.architectures = [platform.architecture]
        options.epoch = stamp.time
        options.progress = { events(.packaging($0)) }
        var built = false
        for (directory, _) in known {
            // What can't be built here comes from a registry, or is reported when it is asked for.
            guard try PackageDirectory(directory).recipe.contents != nil,
                try !PackageCurrency.isCurrent(directory, in: layout, options: options)
            else { continue }
            let package = try PackageBuilder(cache: cache.path, options: options).build(directory)
            events(.builtPackage(package.reference))
            built = true
        }
        return built
    }
}
