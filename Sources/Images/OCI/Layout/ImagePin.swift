public import Digests

/// What a name stands for according to a lock file.
public struct ImagePin: Hashable, Sendable {
    /// The digest of the index or manifest that the name led to.
    public var root: SHA256Digest
    /// The digests of the manifests by platform, attestations excluded.
    public var manifests: [Platform: SHA256Digest]

    public init(root: SHA256Digest, manifests: [Platform: SHA256Digest]) {
        self.root = root
        self.manifests = manifests
    }

    /// Whether `image` is the pinned one. Another index may lead to the same manifest, as when an image is built for
    /// one more platform.
    public func allows(_ image: Image) -> Bool {
        image.root.digest == root || manifests.values.contains(image.descriptor.digest)
    }
}

extension ImageLayout {
    /// The image that `pin` allows under `reference`: the one that the layout names so, or else the one with the
    /// pinned digest.
    public func image(
        _ reference: ImageReference, platform: Platform, pin: ImagePin?
    ) throws(ImageError) -> Image {
        guard let pin else { return try image(reference, platform: platform) }
        let named = try? image(reference, platform: platform)
        if let named, named.root.digest == pin.root { return named }
        do throws(ImageError) {
            return try image(reference.at(pin.root), platform: platform).named(reference)
        } catch {
            if let named, pin.allows(named) { return named }
            guard let named, case .notFound = error.problem else {
                throw ImageError(error.problem, reference: reference.description)
            }
            throw ImageError(
                .notTheLocked(locked: pin.root, found: named.root.digest), reference: reference.description)
        }
    }

    /// The descriptor of the index or manifest that `pin` allows under `reference`.
    public func descriptor(
        of reference: ImageReference, pin: ImagePin?
    ) throws(ImageError) -> Descriptor {
        guard let pin else { return try descriptor(of: reference) }
        let named = try? descriptor(of: reference)
        if let named, named.digest == pin.root { return named }
        do throws(ImageError) { return try descriptor(of: reference.at(pin.root)) } catch {
            guard let named, case .notFound = error.problem else {
                throw ImageError(error.problem, reference: reference.description)
            }
            throw ImageError(
                .notTheLocked(locked: pin.root, found: named.digest), reference: reference.description)
        }
    }

    /// The pin for what `root` leads to.
    public func pin(_ root: Descriptor) throws(ImageError) -> ImagePin {
        var digests: [Platform: SHA256Digest] = [:]
        for descriptor in try manifests(below: [root]) where !descriptor.isAttestation {
            guard let platform = try platformIfKnown(descriptor), !platform.isUnknown else { continue }
            digests[platform] = digests[platform] ?? descriptor.digest
        }
        return ImagePin(root: root.digest, manifests: digests)
    }
}
