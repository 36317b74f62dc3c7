internal import Bytes
internal import Digests
internal import JSON

/// What a document refers to: every object in it that is a descriptor, at any depth and under any key. A document
/// of a kind that is not known yet keeps its blobs in this way, too.
struct DocumentReferences {
    private(set) var descriptors: [Descriptor] = []

    /// Nil if `bytes` are no JSON object.
    init?(of bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes), value.object != nil else { return nil }
        collect(value)
    }

    private mutating func collect(_ value: JSONValue) {
        switch value {
        case .array(let values): for value in values { collect(value) }
        case .object(let object):
            if let descriptor = Self.descriptor(object) { descriptors.append(descriptor) }
            for member in object.members { collect(member.value) }
        default: break
        }
    }

    private static func descriptor(_ object: JSONObject) -> Descriptor? {
        guard let mediaType = object["mediaType"]?.string, let size = object["size"]?.uint64,
            let digest = object["digest"]?.string.flatMap({ SHA256Digest(oci: $0) })
        else { return nil }
        return Descriptor(mediaType: MediaType(rawValue: mediaType), digest: digest, size: size)
    }
}
