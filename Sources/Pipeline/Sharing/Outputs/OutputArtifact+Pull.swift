internal import Bytes
internal import Digests
internal import Host
internal import JSON
public import OCI
public import Outputs
internal import Registry

extension OutputArtifact {
    /// What came.
    public struct Pulled: Sendable {
        public let artifact: Descriptor
        public let files: [WrittenFile]
    }

    /// Fetches every file into `directory` under its title, checked; all appear together or none. `admit` is asked about
    /// the artifact before anything but the manifest is fetched. With `withSBOM` the bill of materials that is
    /// attached comes along: anybody who may write there can attach one, so `admit` is asked about it as well.
    public func pull(
        into directory: String, replacing: Bool, withSBOM: Bool,
        admit: (Descriptor) async throws -> Void = { _ in }
    ) async throws -> Pulled {
        let (artifact, bytes) = try await client.manifest(reference)
        guard artifact.mediaType.role == .manifest else {
            throw fault("it is an index of images, no artifact; cache pull gets images")
        }
        let manifest = try ArtifactManifest(
            parsing: bytes, document: "manifest \(artifact.digest.oci)")
        var layers = try files(of: manifest)
        try await admit(artifact)
        if withSBOM { layers.append(try await sbom(of: artifact, admit)) }
        var names: Set<String> = []
        for (title, _) in layers where !names.insert(title).inserted {
            throw fault("it has the file \(title) twice")
        }
        if !directory.isEmpty { try Directory.create(directory) }
        let placed = layers.map {
            (path: directory.isEmpty ? $0.title : "\(directory)/\($0.title)", layer: $0.layer)
        }
        if !replacing {
            for (path, _) in placed where try FileStatus.of(path) != nil {
                throw SharingError(
                    reference: path, reason: "the file already exists; pass --force to replace it")
            }
        }
        let received = try await ReceivedFiles(placed, from: reference, client: client)
        try received.commit()
        return Pulled(artifact: artifact, files: received.written)
    }

    private func files(of manifest: ArtifactManifest) throws -> [(title: String, layer: Descriptor)] {
        guard !manifest.layers.isEmpty else { throw fault("it has no files") }
        return try manifest.layers.map { layer in
            guard let title = layer.annotations[AnnotationKey.title] else {
                throw fault(
                    "its layers have no names (\(manifest.effectiveType)); an image is got with cache pull")
            }
            if let refusal = OutputTitle.refusal(title) { throw fault(refusal) }
            return (title: title, layer: layer)
        }
    }

    /// The SPDX document attached; an error if there are several, for nothing says which of them is meant.
    private func sbom(
        of artifact: Descriptor, _ admit: (Descriptor) async throws -> Void
    ) async throws -> (title: String, layer: Descriptor) {
        var found: [(referrer: Descriptor, layer: Descriptor)] = []
        var refusal: (any Error)?
        let referrers = try await client.referrers(
            of: artifact.digest, in: reference, artifactType: Self.sbomType)
        for referrer in referrers.sorted(by: { $0.digest.oci < $1.digest.oci }) {
            let (_, bytes) = try await client.manifest(reference.at(referrer.digest))
            let manifest = try ArtifactManifest(
                parsing: bytes, document: "manifest \(referrer.digest.oci)")
            guard manifest.effectiveType == Self.sbomType, manifest.subject?.digest == artifact.digest,
                let layer = manifest.layers.first
            else { continue }
            do { try await admit(referrer) } catch {
                refusal = refusal ?? error
                continue
            }
            if !found.contains(where: { $0.layer.digest == layer.digest }) { found.append((referrer, layer)) }
        }
        guard let first = found.first else {
            if let refusal { throw refusal }
            throw fault("no bill of materials is attached to it; get it without --sbom")
        }
        guard found.count == 1 else {
            let all = found.map(\.referrer.digest.oci).joined(separator: ", ")
            throw fault(
                "several bills of materials are attached to it (\(all)); sign the one that counts and name the key "
                    + "with --verify-images, or get it without --sbom")
        }
        return (title: Self.sbomTitle, layer: first.layer)
    }

    private func fault(_ reason: String) -> SharingError {
        SharingError(reference: reference.description, reason: reason)
    }
}
