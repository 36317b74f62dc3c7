internal import Digests
internal import OCI

extension ImageReference {
    /// Where cosign keeps the signatures of `digest` (cosign, "Signature Specifications", "Tag-based Discovery").
    func signatureTag(for digest: SHA256Digest) throws(ImageError) -> ImageReference {
        try ImageReference("\(repository):sha256-\(digest.hex).sig")
    }

    /// The index of what is about `digest`, where a registry keeps no such list itself (OCI distribution
    /// specification, "Referrers Tag Schema").
    func referrersTag(for digest: SHA256Digest) throws(ImageError) -> ImageReference {
        try ImageReference("\(repository):sha256-\(digest.hex)")
    }
}
