internal import Bytes
public import Digests
internal import JSON

/// Names a blob by its content (OCI image specification, "Content Descriptors").
public struct Descriptor: Hashable, Sendable {
    public var mediaType: MediaType
    public var digest: SHA256Digest
    /// Bytes of the blob.
    public var size: UInt64
    public var annotations: [String: String]
    public var platform: Platform?
    /// The type of the artifact that the manifest has; nil for images.
    public var artifactType: String?
    /// Where else the blob may be downloaded from.
    public var urls: [String] = []
    /// The blob itself, in Base64, where the descriptor carries it.
    private var data: String?
    /// What the platform has beside the fields known here, as `os.version`.
    private var platformDetails = JSONObject()

    public init(
        mediaType: MediaType, digest: SHA256Digest, size: UInt64, annotations: [String: String] = [:],
        platform: Platform? = nil, artifactType: String? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.annotations = annotations
        self.platform = platform
        self.artifactType = artifactType
    }

    init(_ fields: DocumentFields) throws(ImageError) {
        mediaType = MediaType(rawValue: try fields.required("mediaType", try fields.string("mediaType")))
        digest = try fields.required("digest", try fields.digest("digest"))
        size = try fields.required("size", try fields.unsigned("size"))
        annotations = try fields.stringMap("annotations") ?? [:]
        if let platform = try fields.fields("platform") {
            self.platform = Platform(
                os: try platform.string("os") ?? "", architecture: try platform.string("architecture") ?? "",
                variant: try platform.string("variant"))
            platformDetails = platform.object
            for key in ["architecture", "os", "variant"] { platformDetails[key] = nil }
        }
        artifactType = try fields.string("artifactType")
        urls = try fields.strings("urls") ?? []
        data = try fields.string("data")
    }

    /// The descriptor as Go's `go-containerregistry`, and so LinuxKit, writes it: fields in this order.
    var json: JSONObject {
        var object: JSONObject = [
            "mediaType": .text(mediaType.rawValue), "size": .number(size), "digest": .text(digest.oci),
        ]
        if let data { object["data"] = .text(data) }
        if !urls.isEmpty { object["urls"] = .texts(urls) }
        if !annotations.isEmpty {
            var members = JSONObject()
            for (key, value) in annotations { members[key] = .text(value) }
            object["annotations"] = .object(members.sorted)
        }
        if let platform {
            var members: JSONObject = [
                "architecture": .text(platform.architecture), "os": .text(platform.os),
            ]
            if let variant = platform.variant { members["variant"] = .text(variant) }
            for member in platformDetails.members { members[member.key] = member.value }
            object["platform"] = .object(members)
        }
        if let artifactType { object["artifactType"] = .text(artifactType) }
        return object
    }
}

extension Descriptor {
    /// The blob, where the descriptor carries it and it is the right one.
    var embeddedBytes: [UInt8]? {
        guard let data, let bytes = Base64.decode(data), UInt64(bytes.count) == size,
            SHA256Digest(hashing: bytes) == digest
        else { return nil }
        return bytes
    }

    /// True for a blob that registries need not have: one that is not for distribution, or is elsewhere.
    public var mayBeAbsent: Bool { mediaType.isNondistributable || !urls.isEmpty }
}

/// The annotations that the layout and its images are found by.
public enum AnnotationKey {
    /// OCI image layout specification, "index.json": the name of the image.
    public static let referenceName = "org.opencontainers.image.ref.name"
    /// containerd, Docker and BuildKit: the whole name of the image.
    static let containerdName = "io.containerd.image.name"
    /// BuildKit, "Image attestation storage": `attestation-manifest`.
    public static let dockerReferenceType = "vnd.docker.reference.type"
    /// BuildKit, "Image attestation storage": the manifest that the attestation speaks of.
    public static let dockerReferenceDigest = "vnd.docker.reference.digest"
    /// BuildKit, "Image attestation storage": what a layer of an attestation manifest says.
    public static let inTotoPredicateType = "in-toto.io/predicate-type"
}
