internal import Digests
public import JSON
public import OCI

extension LayoutBuilder {
    /// Adds what BuildKit attaches to an image (BuildKit, "Image attestation storage"): a manifest with an
    /// in-toto statement whose predicate is `spdx`. It goes into the index beside `subject`.
    public func attestation(_ spdx: JSONValue, of subject: Descriptor) throws -> Descriptor {
        let predicate = "https://spdx.dev/Document"
        let statement: JSONValue = [
            "_type": "https://in-toto.io/Statement/v0.1", "predicateType": .text(predicate),
            "predicate": spdx,
        ]
        let bytes = statement.encoded(.compact)
        var layer = try layout.addBlob(bytes, mediaType: .inTotoStatement)
        layer.annotations[AnnotationKey.inTotoPredicateType] = predicate
        let configuration: JSONValue = [
            "architecture": "unknown", "os": "unknown", "config": [:],
            "rootfs": ["type": "layers", "diff_ids": .texts([SHA256Digest(hashing: bytes).oci])],
        ]
        let manifest = ImageManifest(
            configuration: try layout.addBlob(
                configuration.encoded(.compact), mediaType: .imageConfiguration), layers: [layer])
        var descriptor = try layout.addManifest(manifest)
        descriptor.platform = Platform(os: "unknown", architecture: "unknown")
        descriptor.annotations[AnnotationKey.dockerReferenceType] = "attestation-manifest"
        descriptor.annotations[AnnotationKey.dockerReferenceDigest] = subject.digest.oci
        return descriptor
    }
}
