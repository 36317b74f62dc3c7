public import Digests

/// One image for one platform, its documents verified; its layers are verified when they are imported.
public struct Image: Hashable, Sendable {
    /// The requested reference, expanded.
    public let reference: ImageReference
    /// What the layout names: an index or a manifest.
    public let root: Descriptor
    /// The manifest of the platform chosen.
    public let descriptor: Descriptor
    public let manifest: ImageManifest
    public let configuration: ImageConfiguration
    /// The lowest first.
    public let layers: [ImageLayer]

    /// The same image under another name for it.
    func named(_ reference: ImageReference) -> Image {
        Image(
            reference: reference, root: root, descriptor: descriptor, manifest: manifest,
            configuration: configuration, layers: layers)
    }

    /// The same image without the index that led to it, and so without what the index attaches to it: for who
    /// trusts the manifest alone.
    public var withoutIndex: Image {
        Image(
            reference: reference, root: descriptor, descriptor: descriptor, manifest: manifest,
            configuration: configuration, layers: layers)
    }
}

/// A layer as the manifest has it and the digest of what is in it.
public struct ImageLayer: Hashable, Sendable {
    /// The blob, mostly compressed.
    public let descriptor: Descriptor
    /// The digest of the uncompressed tar.
    public let diffID: SHA256Digest

    public init(descriptor: Descriptor, diffID: SHA256Digest) {
        self.descriptor = descriptor
        self.diffID = diffID
    }

    /// Pairs the manifest's layers with the configuration's diff IDs.
    static func pair(
        _ manifest: ImageManifest, _ configuration: ImageConfiguration, document: String
    ) throws(ImageError) -> [ImageLayer] {
        guard manifest.layers.count == configuration.diffIDs.count else {
            throw ImageError(
                .malformed(
                    document: document, field: "layers",
                    reason: "\(manifest.layers.count) layers, but the configuration has "
                        + "\(configuration.diffIDs.count) diff IDs"))
        }
        var layers: [ImageLayer] = []
        for (index, descriptor) in manifest.layers.enumerated() {
            guard case .layer = descriptor.mediaType.role else {
                throw ImageError(
                    .malformed(
                        document: document, field: "layers[\(index)].mediaType",
                        reason: "\(descriptor.mediaType) is not a file system layer"))
            }
            layers.append(ImageLayer(descriptor: descriptor, diffID: configuration.diffIDs[index]))
        }
        return layers
    }
}
