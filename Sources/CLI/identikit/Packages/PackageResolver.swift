import FileTree
import Host
import KitConfig
import OCI
import Packaging
import Synchronization

/// Resolves `@pkg:` names to the tags of package folders, and builds the packages whose images in the cache are missing or stale.
final class PackageResolver: Sendable {
    private let cache: CacheOptions
    private let platform: Platform
    private let stamp: BuildStamp
    private let folders = Mutex<[(folder: String, tag: String)]>([])

    init(cache: CacheOptions, platform: Platform, stamp: BuildStamp) {
        self.cache = cache
        self.platform = platform
        self.stamp = stamp
    }

    /// The image name of the package folder `path`, which is relative to the folder of `file`.
    func tag(path: String, relativeTo file: String) throws -> String {
        let slash = file.lastIndex(of: "/")
        let base = slash.map { String(file[...$0]) } ?? ""
        let folder = path.hasPrefix("/") ? path : base + path
        do {
            let tag = try PackageTag.show(folder, options: PackageFlags.ofEnvironment).description
            folders.withLock { known in
                if !known.contains(where: { $0.tag == tag }) { known.append((folder: folder, tag: tag)) }
            }
            return tag
        } catch {
            // Told at its place in the configuration, in the words that the user would get elsewhere.
            throw Wording(Failure.wording(error))
        }
    }

    /// The images that the packages make, as far as they are known.
    var references: Set<ImageReference> {
        get throws { Set(try folders.withLock { $0 }.map { try ImageReference($0.tag) }) }
    }

    /// True for the image of a package that is made of a recipe here, and not one that only a registry has.
    func makes(_ reference: ImageReference) throws -> Bool {
        for (folder, tag) in folders.withLock({ $0 }) where try ImageReference(tag) == reference {
            if try PackageFolder(folder).recipe.contents != nil { return true }
        }
        return false
    }

    /// Builds every package that has a recipe and whose image in the cache, if any, was made from something else;
    /// true if there was one. Its tag may be another afterwards: a lock that was missing has become part of the
    /// folder.
    func buildMissing(reporter: Reporter) throws -> Bool {
        let known = folders.withLock { $0 }
        guard !known.isEmpty else { return false }
        let layout = try cache.layout()
        var options = PackageBuildOptions()
        options.package = PackageFlags.ofEnvironment
        options.architectures = [platform.architecture]
        options.epoch = stamp.time
        options.progress = { reporter.progress($0) }
        var built = false
        for (folder, _) in known {
            // What cannot be built here comes from a registry, or is missed when it is asked for.
            guard try PackageFolder(folder).recipe.contents != nil,
                try !PackageCurrency.isCurrent(folder, in: layout, options: options)
            else { continue }
            let package = try PackageBuilder(cache: cache.path, options: options).build(folder)
            reporter.note("built \(package.reference)")
            built = true
        }
        return built
    }
}

/// An error that is nothing but its text.
private struct Wording: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
