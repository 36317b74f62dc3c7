/// The media type of a blob, in OCI's and in Docker's spelling.
public struct MediaType: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }

    public static let imageIndex = Self(rawValue: "application/vnd.oci.image.index.v1+json")
    public static let imageManifest = Self(rawValue: "application/vnd.oci.image.manifest.v1+json")
    public static let imageConfiguration = Self(rawValue: "application/vnd.oci.image.config.v1+json")
    public static let layer = Self(rawValue: "application/vnd.oci.image.layer.v1.tar")
    public static let layerGzip = Self(rawValue: "application/vnd.oci.image.layer.v1.tar+gzip")
    public static let layerZstd = Self(rawValue: "application/vnd.oci.image.layer.v1.tar+zstd")
    public static let inTotoStatement = Self(rawValue: "application/vnd.in-toto+json")

    /// Bytes of a kind that is not known yet, or does not matter.
    static let octets = Self(rawValue: "application/octet-stream")

    /// What a blob of this type is to an image; nil for types that images do not use.
    public var role: Role? { Self.roles[rawValue] }

    public enum Role: Hashable, Sendable {
        case index
        case manifest
        case configuration
        case layer(LayerCompression)
    }

    public enum LayerCompression: Hashable, Sendable {
        case none
        case gzip
        case zstd
    }

    /// A layer's type in a word, for messages; the whole type where that says more.
    var label: String {
        switch role {
        case .layer(.none): "uncompressed tar"
        case .layer(.gzip): "gzip"
        case .layer(.zstd): "zstd"
        default: rawValue
        }
    }

    /// True for layers that are not for distribution, "foreign" ones in Docker's words: registries need not have them.
    public var isNondistributable: Bool {
        guard case .layer = role else { return false }
        return rawValue.contains(".nondistributable.") || rawValue.contains(".foreign.")
    }

    /// True for configurations of what is not an image: cosign's, Helm's, those that are empty. Old tools called
    /// the configuration of an image octets.
    var isArtifact: Bool {
        role != .configuration && self != .octets && rawValue.contains("/vnd.") && !rawValue.contains("image")
    }

    /// OCI image specification, "Media Types"; Docker's registry API, "Image Manifest Version 2, Schema 2".
    /// Layers not for distribution are like others once they are in the layout.
    private static let roles: [String: Role] = [
        imageIndex.rawValue: .index,
        "application/vnd.docker.distribution.manifest.list.v2+json": .index,
        imageManifest.rawValue: .manifest,
        "application/vnd.docker.distribution.manifest.v2+json": .manifest,
        imageConfiguration.rawValue: .configuration,
        "application/vnd.docker.container.image.v1+json": .configuration,
        layer.rawValue: .layer(.none),
        layerGzip.rawValue: .layer(.gzip),
        layerZstd.rawValue: .layer(.zstd),
        "application/vnd.oci.image.layer.nondistributable.v1.tar": .layer(.none),
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip": .layer(.gzip),
        "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd": .layer(.zstd),
        "application/vnd.docker.image.rootfs.diff.tar": .layer(.none),
        "application/vnd.docker.image.rootfs.diff.tar.gzip": .layer(.gzip),
        "application/vnd.docker.image.rootfs.diff.tar.zstd": .layer(.zstd),
        "application/vnd.docker.image.rootfs.foreign.diff.tar": .layer(.none),
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip": .layer(.gzip),
        "application/vnd.docker.image.rootfs.foreign.diff.tar.zstd": .layer(.zstd),
    ]
}
