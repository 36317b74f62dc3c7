/// One image for one platform: its configuration and its layers, the lowest first
/// (OCI image specification, "Image Manifest"; Docker's image manifest version 2, schema 2).
public struct ImageManifest: Hashable, Sendable {
    public var configuration: Descriptor
    public var layers: [Descriptor]

    public init(configuration: Descriptor, layers: [Descriptor]) {
        self.configuration = configuration
        self.layers = layers
    }

    /// `document` names it in errors.
    public init(parsing bytes: [UInt8], document: String) throws(ImageError) {
        let fields = try DocumentFields(parsing: bytes, document: document)
        try fields.checkSchemaVersion()
        if !fields.has("config"), fields.has("manifests") {
            throw fields.malformed("", "has the media type of a manifest, but is an index")
        }
        configuration = try Descriptor(try fields.required("config", try fields.fields("config")))
        layers = []
        // Go writes null for an empty list.
        for descriptor in try fields.array("layers") ?? [] {
            layers.append(try Descriptor(descriptor))
        }
    }
}
