internal import Digests
internal import OCI

extension ImageLayout {
    /// Puts a manifest with signatures, and all that belongs to it, where `LayoutSignatures` finds it: under cosign's
    /// tag, or in the fallback index of referrers. What is too large to be a signature's is left, and the
    /// manifest with it.
    func keep(
        _ found: FoundManifest, of reference: ImageReference, from source: any SignatureSource
    ) async throws(SignatureLookupError) {
        for blob in found.blobs where blob.size > UInt64(SignatureLimits.blob) { return }
        for blob in found.blobs {
            let bytes = try await source.contents(of: blob, in: reference, limit: SignatureLimits.blob)
            guard let bytes else { return }
            do throws(ImageError) { try addBlob(bytes, mediaType: blob.mediaType) } catch {
                throw SignatureLookupError(error)
            }
        }
        do throws(ImageError) {
            let manifest = found.manifest
            try addBlob(manifest.bytes, mediaType: manifest.descriptor.mediaType)
            if found.isTagged {
                try tag(try reference.signatureTag(for: found.subject), manifest.descriptor)
            } else {
                _ = try updateIndex(of: try reference.referrersTag(for: found.subject)) { known in
                    known.filter { $0.digest != manifest.descriptor.digest } + [manifest.descriptor]
                }
            }
        } catch { throw SignatureLookupError(error) }
    }
}
