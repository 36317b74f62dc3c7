import FileTree
import Host
import KitConfig
import OCI
import Packaging
import Synchronization

/// Resolves `@pkg:` names to the tags of package folders, and remembers the folders.
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
        let tag = try PackageTag.show(folder).description
        folders.withLock { known in
            if !known.contains(where: { $0.tag == tag }) { known.append((folder: folder, tag: tag)) }
        }
        return tag
    }
}
