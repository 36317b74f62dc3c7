public import Digests

extension ImageLayout {
    /// The manifests in `index.json` that are about another manifest, by its digest (OCI image specification 1.1,
    /// "Image Manifest", `subject`). What cannot be read is about nothing.
    public func manifestsBySubject() throws(ImageError) -> [SHA256Digest: [Descriptor]] {
        var found: [SHA256Digest: [Descriptor]] = [:]
        for descriptor in try readIndex().manifests
        where descriptor.mediaType.role == .manifest && descriptor.size <= Self.manifestLimit {
            guard let bytes = try? document(descriptor),
                let fields = try? DocumentFields(parsing: bytes, document: descriptor.manifestName),
                let subject = try? fields.fields("subject")?.digest("digest")
            else { continue }
            found[subject, default: []].append(descriptor)
        }
        return found
    }

    /// OCI distribution specification, "Pushing Manifests": what registries take at least.
    private static let manifestLimit = 4 << 20
}
