internal import Bytes
internal import Digests
internal import Host
public import OCI
public import Outputs
public import Registry

/// Outputs published as one artifact, each file a layer with its name as title, as `oras` has them.
///
/// No time is in the manifest: the same files under the same names have the same digest.
public struct OutputArtifact: Sendable {
    public static let artifactType = "application/vnd.identikit.outputs.v1"
    /// Of the bill of materials that speaks of the artifact.
    public static let sbomType = "application/spdx+json"
    /// The name under which the bill of materials is kept.
    public static let sbomTitle = "sbom.spdx.json"

    public let reference: ImageReference
    let client: RegistryClient

    public init(_ reference: ImageReference, client: RegistryClient) {
        self.reference = reference
        self.client = client
    }

    /// What was published.
    public struct Pushed: Sendable {
        public let artifact: Descriptor
        public let files: [WrittenFile]
        /// The manifest of the bill of materials.
        public let sbom: Descriptor?
    }

    /// Publishes the files at `paths`, whose names must differ, and attaches `sbom`, an SPDX document, if there is
    /// one. Files that the registry has are not uploaded again.
    public func push(_ paths: [String], sbom: [UInt8]?) async throws -> Pushed {
        var layers: [(title: String, file: ReadableFile, descriptor: Descriptor)] = []
        for path in paths {
            let title = path.split(separator: "/").last.map(String.init) ?? ""
            if let refusal = OutputTitle.refusal(title) {
                throw SharingError(reference: path, reason: refusal)
            }
            guard !layers.contains(where: { $0.title == title }) else {
                throw SharingError(
                    reference: path, reason: "two files would be called \(title); publish them apart")
            }
            let file = try ReadableFile(path: path)
            var hasher = SHA256Hasher()
            var source = RangeSource(file)
            try source.copy(to: &hasher)
            let descriptor = Descriptor(
                mediaType: .output(suffix: title), digest: hasher.finalize(), size: file.count,
                annotations: [AnnotationKey.title: title])
            layers.append((title, file, descriptor))
        }
        layers.sort { ByteString($0.title) < ByteString($1.title) }
        for layer in layers { try await upload(layer.descriptor, layer.file) }
        let manifest = ArtifactManifest(
            artifactType: Self.artifactType, layers: layers.map(\.descriptor))
        let artifact = try await put(manifest, as: reference)
        let written = layers.map {
            WrittenFile(path: $0.title, size: $0.descriptor.size, digest: $0.descriptor.digest)
        }
        return Pushed(artifact: artifact, files: written, sbom: try await attach(sbom, to: artifact))
    }

    private func attach(_ sbom: [UInt8]?, to artifact: Descriptor) async throws -> Descriptor? {
        guard let sbom else { return nil }
        let layer = Descriptor(
            mediaType: MediaType(rawValue: Self.sbomType), digest: SHA256Digest(hashing: sbom),
            size: UInt64(sbom.count), annotations: [AnnotationKey.title: Self.sbomTitle])
        try await upload(layer, ByteArrayAccess(sbom))
        let manifest = ArtifactManifest(artifactType: Self.sbomType, layers: [layer], subject: artifact)
        return try await put(manifest, as: reference.at(manifest.descriptor.digest))
    }

    private func upload(_ blob: Descriptor, _ contents: any RandomAccessBytes) async throws {
        _ = try await client.upload(blob, contents: contents, to: reference, mountableFrom: [])
    }

    private func put(
        _ manifest: ArtifactManifest, as reference: ImageReference
    ) async throws -> Descriptor {
        try await upload(.emptyDocument, ByteArrayAccess(Descriptor.emptyDocumentBytes))
        return try await client.putManifest(
            manifest.encoded(), mediaType: .imageManifest, as: reference)
    }
}
