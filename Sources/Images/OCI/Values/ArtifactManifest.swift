internal import Digests
internal import JSON

/// What is kept in a registry beside images: signatures, bills of materials, outputs of builds
/// (OCI image specification 1.1, "Image Manifest", "Guidelines for Artifact Usage").
public struct ArtifactManifest: Hashable, Sendable {
    /// What the artifact is; nil where only the configuration's media type says it.
    public var artifactType: String?
    public var configuration: Descriptor
    public var layers: [Descriptor]
    /// What the artifact speaks of: it is found among that manifest's referrers.
    public var subject: Descriptor?
    public var annotations: [String: String]

    public init(
        artifactType: String?, configuration: Descriptor = .emptyDocument, layers: [Descriptor],
        subject: Descriptor? = nil, annotations: [String: String] = [:]
    ) {
        self.artifactType = artifactType
        self.configuration = configuration
        self.layers = layers
        self.subject = subject
        self.annotations = annotations
    }

    /// Parses an image manifest of OCI or Docker; what is not known of it is left alone. `document` names it in
    /// errors.
    public init(parsing bytes: [UInt8], document: String) throws(ImageError) {
        let fields = try DocumentFields(parsing: bytes, document: document)
        try fields.checkSchemaVersion()
        if let mediaType = try fields.string("mediaType"),
            MediaType(rawValue: mediaType).role != .manifest
        {
            throw fields.malformed("mediaType", "is \(mediaType), must be that of a manifest")
        }
        artifactType = try fields.string("artifactType")
        configuration = try Descriptor(try fields.required("config", try fields.fields("config")))
        layers = []
        for descriptor in try fields.required("layers", try fields.array("layers")) {
            layers.append(try Descriptor(descriptor))
        }
        subject = try fields.fields("subject").map { fields throws(ImageError) in try Descriptor(fields) }
        annotations = try fields.stringMap("annotations") ?? [:]
    }

    /// What the artifact is: its own type, else its configuration's.
    public var effectiveType: String { artifactType ?? configuration.mediaType.rawValue }

    /// The document, without a space in it, fields in the specification's order, annotations sorted: the same
    /// value gives the same bytes.
    public func encoded() -> [UInt8] {
        var object: JSONObject = [
            "schemaVersion": 2, "mediaType": .text(MediaType.imageManifest.rawValue),
        ]
        if let artifactType { object["artifactType"] = .text(artifactType) }
        object["config"] = .object(configuration.json)
        object["layers"] = .array(layers.map { .object($0.json) })
        if let subject { object["subject"] = .object(subject.json) }
        if !annotations.isEmpty {
            var members = JSONObject()
            for (key, value) in annotations { members[key] = .text(value) }
            object["annotations"] = .object(members.sorted)
        }
        return JSONValue.object(object).encoded(.compact)
    }

    /// What names the document.
    public var descriptor: Descriptor {
        let bytes = encoded()
        return Descriptor(
            mediaType: .imageManifest, digest: SHA256Digest(hashing: bytes), size: UInt64(bytes.count))
    }
}

extension MediaType {
    /// OCI image specification 1.1, "Guidance for an Empty Descriptor".
    public static let emptyDocument = Self(rawValue: "application/vnd.oci.empty.v1+json")
}

extension Descriptor {
    /// The two bytes `{}`, the blob of an artifact without one.
    public static let emptyDocument = Descriptor(
        mediaType: .emptyDocument, digest: SHA256Digest(hashing: emptyDocumentBytes),
        size: UInt64(emptyDocumentBytes.count))

    /// `{}`.
    public static let emptyDocumentBytes: [UInt8] = Array("{}".utf8)
}

extension AnnotationKey {
    /// OCI image specification, "Pre-Defined Annotation Keys": the name of a file that a layer is.
    public static let title = "org.opencontainers.image.title"
}
