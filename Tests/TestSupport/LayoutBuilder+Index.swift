internal import Bytes
public import JSON
public import OCI

extension LayoutBuilder {
    /// Makes `index.json` list `entries` and nothing else, each with its annotations.
    public func setEntries(_ entries: [(descriptor: Descriptor, annotations: [String: String])]) throws {
        let list = entries.map { entry -> JSONValue in
            var annotations = JSONObject()
            for (key, value) in entry.annotations { annotations[key] = .text(value) }
            return [
                "mediaType": .text(entry.descriptor.mediaType.rawValue),
                "digest": .text(entry.descriptor.digest.oci), "size": .number(entry.descriptor.size),
                "annotations": .object(annotations),
            ]
        }
        let index: JSONValue = ["schemaVersion": 2, "manifests": .array(list)]
        try directory.write(
            "layout/index.json", String(decoding: index.encoded(.compact), as: UTF8.self))
    }

    /// Makes `index.json` list images under the names that other tools write.
    public func setNames(_ entries: [(name: String, descriptor: Descriptor)]) throws {
        try setEntries(entries.map { ($0.descriptor, [AnnotationKey.referenceName: $0.name]) })
    }

    /// Adds a document as it is, and returns a descriptor that calls it `mediaType`.
    public func document(_ value: JSONValue, _ mediaType: MediaType) throws -> Descriptor {
        try layout.addBlob(value.encoded(.compact), mediaType: mediaType)
    }

    /// A Windows image with a layer that is not in the layout and not for distribution.
    public func windowsManifest() throws -> Descriptor {
        let configuration = try document(
            [
                "os": "windows", "architecture": "amd64",
                "rootfs": ["type": "layers", "diff_ids": [.text(Self.absentLayer)]],
            ], MediaType(rawValue: "application/vnd.docker.container.image.v1+json"))
        let manifest: JSONValue = [
            "schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": [
                "mediaType": .text(configuration.mediaType.rawValue),
                "digest": .text(configuration.digest.oci), "size": .number(configuration.size),
            ],
            "layers": [
                [
                    "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "size": 9,
                    "digest": .text(Self.absentLayer), "urls": ["http://127.0.0.1:1/layer"],
                ]
            ],
        ]
        var descriptor = try document(
            manifest, MediaType(rawValue: "application/vnd.docker.distribution.manifest.v2+json"))
        descriptor.platform = Platform(os: "windows", architecture: "amd64")
        return descriptor
    }

    /// The digest of the layer that `windowsManifest` needs.
    public static let absentLayer = "sha256:" + String(repeating: "2", count: 64)
}
