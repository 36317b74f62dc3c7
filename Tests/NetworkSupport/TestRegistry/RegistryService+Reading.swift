internal import Bytes
internal import OCI
internal import Synchronization
internal import Digests
internal import JSON

extension RegistryService {
    func blobs(_ request: RecordedRequest, _ route: Route) -> Answer {
        guard let digest = SHA256Digest(oci: route.reference) else { return .error(400, "DIGEST_INVALID") }
        let bytes = state.withLock { state in
            state.contents.repositories[route.repository]?.blobs.contains(digest) == true
                ? state.contents.blobs[digest] : nil
        }
        guard let bytes else { return .error(404, "BLOB_UNKNOWN") }
        switch request.method {
        case "GET", "HEAD":
            if let storage = options.blobStorage {
                storage.withContents { $0.blobs[digest] = bytes }
                let location = "\(storage.url)/storage/\(digest.oci)?signature=of-the-storage"
                return Answer(status: 307, headers: [(name: "Location", value: location)])
            }
            return Answer(
                status: 200,
                headers: [
                    (name: "Content-Type", value: "application/octet-stream"),
                    (name: "Docker-Content-Digest", value: digest.oci),
                    (name: "Accept-Ranges", value: "bytes"),
                ], body: bytes)
        case "DELETE":
            state.withLock { _ = $0.contents.repositories[route.repository]?.blobs.remove(digest) }
            return Answer(status: 202)
        default: return .error(405, "UNSUPPORTED")
        }
    }

    /// OCI distribution specification, "Content Discovery": names in order, pages by `n` and `last`.
    func tags(_ request: RecordedRequest, _ route: Route) -> Answer {
        let repository = state.withLock { $0.contents.repositories[route.repository] }
        guard let repository else { return .error(404, "NAME_UNKNOWN") }
        var names = repository.tags.keys.sorted()
        if let last = request.parameters("last").first { names = names.filter { $0 > last } }
        var link: String?
        let limit = min(
            request.parameters("n").first.flatMap { Int($0) } ?? .max, options.tagsPerPage ?? .max)
        if names.count > limit {
            names = Array(names.prefix(limit))
            let last = names.last ?? ""
            link = "</v2/\(route.repository)/tags/list?n=\(limit)&last=\(last)>; rel=\"next\""
        }
        return Answer.json(["name": .text(route.repository), "tags": .texts(names)]).with("Link", link)
    }

    /// OCI distribution specification, "Listing Referrers".
    func referrers(_ request: RecordedRequest, _ route: Route) -> Answer {
        guard options.hasReferrers else { return .error(404, "NOT_FOUND") }
        let repository = state.withLock { $0.contents.repositories[route.repository] }
        let wanted = request.parameters("artifactType").first
        let all = (repository?.manifests ?? [:]).sorted { $0.key < $1.key }
        let found = all.compactMap { digest, manifest -> JSONValue? in
            let object = ManifestFields(manifest.bytes)
            guard object.subject?.oci == route.reference else { return nil }
            if let wanted, wanted != object.artifactType { return nil }
            return object.descriptor(digest, manifest)
        }
        let index: JSONValue = [
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": .array(found),
        ]
        return Answer.json(index, type: "application/vnd.oci.image.index.v1+json")
            .with("OCI-Filters-Applied", wanted == nil ? nil : "artifactType")
    }
}

/// What a registry reads in a manifest.
struct ManifestFields {
    private let object: JSONObject

    init(_ bytes: [UInt8]) {
        object = Self.object(try? JSONValue(parsing: bytes)) ?? JSONObject()
    }

    var subject: SHA256Digest? { Self.digest(object["subject"]) }

    /// Its own, else the configuration's media type.
    var artifactType: String? {
        Self.text(object["artifactType"]) ?? Self.text(Self.object(object["config"])?["mediaType"])
    }

    /// The blobs and manifests that must be there before it.
    var blobs: [SHA256Digest] {
        (Self.digest(object["config"]).map { [$0] } ?? []) + digests("layers")
    }
    var manifests: [SHA256Digest] { digests("manifests") }

    func descriptor(_ digest: SHA256Digest, _ manifest: RegistryContents.Manifest) -> JSONValue {
        var result: JSONObject = [
            "mediaType": .text(manifest.mediaType), "digest": .text(digest.oci),
            "size": .number(manifest.bytes.count),
        ]
        if let artifactType { result["artifactType"] = .text(artifactType) }
        if let annotations = object["annotations"] { result["annotations"] = annotations }
        return .object(result)
    }

    private func digests(_ key: String) -> [SHA256Digest] {
        guard case .array(let list)? = object[key] else { return [] }
        // What is elsewhere, layers that are not for distribution, need not be here.
        return list.filter { Self.object($0)?["urls"] == nil }.compactMap(Self.digest)
    }

    private static func digest(_ value: JSONValue?) -> SHA256Digest? {
        text(object(value)?["digest"]).flatMap { SHA256Digest(oci: $0) }
    }

    private static func object(_ value: JSONValue?) -> JSONObject? {
        guard case .object(let object)? = value else { return nil }
        return object
    }

    private static func text(_ value: JSONValue?) -> String? {
        guard case .string(let bytes)? = value else { return nil }
        return String(decoding: bytes.bytes, as: UTF8.self)
    }
}
