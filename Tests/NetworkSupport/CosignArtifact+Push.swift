internal import Bytes
internal import Digests
internal import OCI
public import Registry
public import TestSupport

extension CosignArtifact {
    /// Puts it into a registry as cosign does: the blobs, then the manifest, under cosign's tag or as a referrer.
    /// `repository` replaces the artifact's own.
    public func push(with client: RegistryClient, to repository: String? = nil) async throws {
        let repository = repository ?? self.repository
        let target = try ImageReference(repository)
        for blob in blobs {
            _ = try await client.upload(
                blob.descriptor, contents: ByteArrayAccess(blob.bytes), to: target, mountableFrom: [])
        }
        let name = tag.map { ":\($0)" } ?? "@\(descriptor.digest.oci)"
        _ = try await client.putManifest(
            manifest, mediaType: .imageManifest, as: try ImageReference(repository + name))
    }
}
