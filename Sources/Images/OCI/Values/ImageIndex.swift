/// Descriptors of manifests, one a platform (OCI image specification, "Image Index"; Docker's manifest list).
public struct ImageIndex: Hashable, Sendable {
    public var manifests: [Descriptor]

    public init(manifests: [Descriptor]) { self.manifests = manifests }

    /// `document` names it in errors.
    public init(parsing bytes: [UInt8], document: String) throws(ImageError) {
        let fields = try DocumentFields(parsing: bytes, document: document)
        try fields.checkSchemaVersion()
        if !fields.has("manifests"), fields.has("config") {
            throw fields.malformed("", "has the media type of an index, but is a manifest")
        }
        manifests = []
        for descriptor in try fields.array("manifests") ?? [] {
            manifests.append(try Descriptor(descriptor))
        }
    }
}

extension Descriptor {
    /// True for what BuildKit attaches to an image: no platform runs it.
    public var isAttestation: Bool {
        annotations[AnnotationKey.dockerReferenceType] == "attestation-manifest"
            || platform?.isUnknown == true
    }
}
