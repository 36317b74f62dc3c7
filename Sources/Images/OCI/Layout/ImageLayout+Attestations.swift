extension ImageLayout {
    /// The software bills of materials that BuildKit attached to `image`: in-toto statements
    /// with an SPDX predicate, as blobs to be read with `verified` (BuildKit, "Image attestation storage").
    public func spdxStatements(of image: Image) throws(ImageError) -> [Descriptor] {
        guard image.root.mediaType.role == .index else { return [] }
        return try attributing(image.reference) { () throws(ImageError) in
            var statements: [Descriptor] = []
            for descriptor in try manifests(below: [image.root]) where descriptor.isAttestation {
                let subject = descriptor.annotations[AnnotationKey.dockerReferenceDigest]
                guard subject == image.descriptor.digest.oci else { continue }
                statements += try manifest(descriptor).layers.filter { layer in
                    layer.mediaType == .inTotoStatement
                        && layer.annotations[AnnotationKey.inTotoPredicateType] == Self.spdxPredicate
                }
            }
            return statements
        }
    }

    private static let spdxPredicate = "https://spdx.dev/Document"
}
