internal import Digests
public import OCI

/// Whether the image that a package's tag names was made from the directory as it is now.
///
/// The tag comes from git, which does not see everything that reaches an image: modes and names in a work tree with
/// other changes, ignored files, submodules. So the digest of all that does is an annotation of the image in its
/// index, and goes wherever that goes. `build` and `pkg build` both decide by it.
public enum PackageCurrency {
    /// The annotation, beside the image's descriptor in the index.
    static let annotation = "identikit.package.inputs"

    /// True if `layout` has the image of the package at `path`, and `pkg build` with `options` would leave it.
    public static func isCurrent(
        _ path: String, in layout: ImageLayout, options: PackageBuildOptions
    ) throws -> Bool {
        let directory = try PackageDirectory(path, options: options.package)
        guard let contents = directory.recipe.contents else { return false }
        let lock = try PackageLock(path: "\(directory.path)/\(PackageLock.fileName)")
        let reference = try ImageReference(PackageTag(of: directory, options: options.package).description)
        for architecture in try options.chosenArchitectures(directory) {
            let request = PackageRequest(contents, architecture: architecture)
            let packages = request.map(lock.packages) ?? []
            guard let packages else { return false }
            let key = try BuildKey.digest(
                directory: directory, contents: contents, architecture: architecture, packages: packages,
                epoch: options.epoch)
            guard manifest(key, of: reference, architecture, in: layout) != nil else { return false }
        }
        return true
    }

    /// The image that `reference` names, if it was made from `key`.
    static func manifest(
        _ key: SHA256Digest, of reference: ImageReference, _ architecture: String, in layout: ImageLayout
    ) -> Descriptor? {
        let platform = Platform(architecture: architecture)
        guard let image = try? layout.image(reference, platform: platform),
            image.descriptor.annotations[annotation] == key.hex
        else { return nil }
        return image.descriptor
    }
}

extension Descriptor {
    /// With a note of what the image was made from.
    func made(from key: SHA256Digest) -> Descriptor {
        var descriptor = self
        descriptor.annotations[PackageCurrency.annotation] = key.hex
        return descriptor
    }
}
