internal import Digests
internal import Host
public import JSON
public import OCI

/// An OCI image layout of a test's own, with images made of lists of members.
public struct LayoutBuilder: Sendable {
    public let directory: TemporaryDirectory
    public let layout: ImageLayout
    public var path: String { layout.path }

    public enum Compression: String, Sendable, CaseIterable {
        case none, gzip, zstd
    }

    public init() throws {
        directory = try TemporaryDirectory()
        layout = try ImageLayout(creating: "\(directory.path)/layout")
    }

    /// Adds to the layout at `path`, which is made if there is none.
    public init(at path: String) throws {
        directory = try TemporaryDirectory()
        layout =
            try FileStatus.following("\(path)/oci-layout") == nil
            ? ImageLayout(creating: path) : ImageLayout(opening: path)
    }

    /// Adds a layer: `tar`, compressed. gzip is stored without the tool, zstd needs it.
    public func layer(_ tar: [UInt8], _ compression: Compression = .gzip) throws -> ImageLayer {
        let (bytes, mediaType): ([UInt8], MediaType) =
            switch compression {
            case .none: (tar, .layer)
            case .gzip: (StoredGzip.compress(tar), .layerGzip)
            case .zstd: (try Tool.run("zstd", ["-q", "-c"], input: tar).output, .layerZstd)
            }
        let descriptor = try layout.addBlob(bytes, mediaType: mediaType)
        return ImageLayer(descriptor: descriptor, diffID: SHA256Digest(hashing: tar))
    }

    /// Adds the manifest of an image, named nowhere yet.
    public func manifest(
        _ layers: [ImageLayer], platform: Platform = Platform(architecture: "amd64"),
        config: JSONValue = [:]
    ) throws -> Descriptor {
        let configuration: JSONValue = [
            "architecture": .text(platform.architecture), "os": .text(platform.os), "config": config,
            "rootfs": ["type": "layers", "diff_ids": .texts(layers.map(\.diffID.oci))],
        ]
        let descriptor = try layout.addBlob(
            configuration.encoded(.compact), mediaType: .imageConfiguration)
        let manifest = ImageManifest(configuration: descriptor, layers: layers.map(\.descriptor))
        var result = try layout.addManifest(manifest)
        result.platform = platform
        return result
    }

    /// Adds an image for one platform under `name`: one list of members a layer, the lowest first.
    @discardableResult
    public func image(
        _ name: String, layers: [[TestMember]], platform: Platform = Platform(architecture: "amd64"),
        config: JSONValue = [:], compression: Compression = .gzip
    ) throws -> Descriptor {
        let layers = try layers.map { try layer(TestTar.archive($0), compression) }
        return try index(name, [try manifest(layers, platform: platform, config: config)])
    }

    /// Adds an index of manifests under `name`.
    @discardableResult
    public func index(_ name: String, _ manifests: [Descriptor]) throws -> Descriptor {
        let descriptor = try layout.addIndex(ImageIndex(manifests: manifests))
        try layout.tag(try ImageReference(name), descriptor)
        return descriptor
    }
}
