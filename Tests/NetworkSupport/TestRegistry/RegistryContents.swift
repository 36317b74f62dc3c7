public import Digests
internal import Host
internal import JSON
public import OCI

/// What a `TestRegistry` has. Repositories are named without the registry: `a/b`.
public struct RegistryContents: Sendable {
    public struct Manifest: Sendable {
        public var mediaType: String
        public var bytes: [UInt8]
    }

    public struct Repository: Sendable {
        public var blobs: Set<SHA256Digest> = []
        public var manifests: [SHA256Digest: Manifest] = [:]
        public var tags: [String: SHA256Digest] = [:]
    }

    public var blobs: [SHA256Digest: [UInt8]] = [:]
    public var repositories: [String: Repository] = [:]
    /// Served at `/files/NAME`.
    public var files: [String: [UInt8]] = [:]
    var uploads: [String: (repository: String, bytes: [UInt8])] = [:]
    var uploadCount = 0

    @discardableResult
    public mutating func addBlob(_ bytes: [UInt8], to repository: String) -> SHA256Digest {
        let digest = SHA256Digest(hashing: bytes)
        blobs[digest] = bytes
        repositories[repository, default: Repository()].blobs.insert(digest)
        return digest
    }

    @discardableResult
    public mutating func addManifest(
        _ bytes: [UInt8], _ mediaType: String, to repository: String, tag: String? = nil
    ) -> SHA256Digest {
        let digest = SHA256Digest(hashing: bytes)
        var all = repositories[repository] ?? Repository()
        all.manifests[digest] = Manifest(mediaType: mediaType, bytes: bytes)
        if let tag { all.tags[tag] = digest }
        repositories[repository] = all
        return digest
    }

    /// Adds the image `name` of a layout, all platforms, as `repository:tag`.
    @discardableResult
    public mutating func add(
        _ name: String, of layout: ImageLayout, to repository: String, tag: String
    ) throws -> Descriptor {
        let root = try layout.descriptor(of: try ImageReference(name))
        try add(root, of: layout, to: repository)
        repositories[repository]?.tags[tag] = root.digest
        return root
    }

    private mutating func add(_ descriptor: Descriptor, of layout: ImageLayout, to repository: String) throws
    {
        let bytes = try layout.verified(descriptor, limit: 1 << 30)
        switch descriptor.mediaType.role {
        case .index:
            for child in try ImageIndex(parsing: bytes, document: "index").manifests {
                try add(child, of: layout, to: repository)
            }
            addManifest(bytes, descriptor.mediaType.rawValue, to: repository)
        case .manifest:
            let manifest = try ImageManifest(parsing: bytes, document: "manifest")
            for blob in [manifest.configuration] + manifest.layers {
                addBlob(try layout.verified(blob, limit: 1 << 30), to: repository)
            }
            addManifest(bytes, descriptor.mediaType.rawValue, to: repository)
        default: addBlob(bytes, to: repository)
        }
    }

    /// The manifest under a tag or a digest (`sha256:…`).
    public func manifest(
        _ reference: String, in repository: String
    ) -> (digest: SHA256Digest, manifest: Manifest)? {
        guard let all = repositories[repository],
            let digest = SHA256Digest(oci: reference) ?? all.tags[reference],
            let manifest = all.manifests[digest]
        else { return nil }
        return (digest, manifest)
    }
}
