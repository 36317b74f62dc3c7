internal import OCI
internal import Synchronization
internal import Digests

extension RegistryService {
    func manifests(_ request: RecordedRequest, _ route: Route, _ body: [UInt8]) -> Answer {
        switch request.method {
        case "GET", "HEAD":
            let found = state.withLock { $0.contents.manifest(route.reference, in: route.repository) }
            guard let found else { return .error(404, "MANIFEST_UNKNOWN", "no \(route.reference)") }
            return Answer(
                status: 200,
                headers: [
                    (name: "Content-Type", value: found.manifest.mediaType),
                    (name: "Docker-Content-Digest", value: found.digest.oci),
                ], body: found.manifest.bytes)
        case "PUT": return put(request, route, body)
        case "DELETE":
            return state.withLock { state in
                guard var all = state.contents.repositories[route.repository] else {
                    return .error(404, "NAME_UNKNOWN")
                }
                if let digest = SHA256Digest(oci: route.reference) {
                    all.manifests[digest] = nil
                    all.tags = all.tags.filter { $0.value != digest }
                } else {
                    all.tags[route.reference] = nil
                }
                state.contents.repositories[route.repository] = all
                return Answer(status: 202)
            }
        default: return .error(405, "UNSUPPORTED")
        }
    }

    /// OCI distribution specification, "Pushing Manifests".
    private func put(_ request: RecordedRequest, _ route: Route, _ body: [UInt8]) -> Answer {
        let digest = SHA256Digest(hashing: body)
        let asked = SHA256Digest(oci: route.reference)
        if let asked, asked != digest { return .error(400, "DIGEST_INVALID") }
        let fields = ManifestFields(body)
        return state.withLock { state in
            let all = state.contents.repositories[route.repository] ?? RegistryContents.Repository()
            for blob in fields.blobs where !all.blobs.contains(blob) {
                return .error(400, "MANIFEST_BLOB_UNKNOWN", blob.oci)
            }
            for manifest in fields.manifests where all.manifests[manifest] == nil {
                return .error(400, "MANIFEST_BLOB_UNKNOWN", manifest.oci)
            }
            state.contents.addManifest(
                body, request.header("Content-Type") ?? "", to: route.repository,
                tag: asked == nil ? route.reference : nil)
            let location = "/v2/\(route.repository)/manifests/\(digest.oci)"
            return Answer(
                status: 201,
                headers: [
                    (name: "Location", value: location), (name: "Docker-Content-Digest", value: digest.oci),
                ]
            ).with("OCI-Subject", options.hasReferrers ? fields.subject?.oci : nil)
        }
    }

    /// OCI distribution specification, "Pushing Blobs".
    func uploads(_ request: RecordedRequest, _ route: Route, _ body: [UInt8], isWhole: Bool) -> Answer {
        if request.method == "POST" {
            return isWhole ? startUpload(request, route, body) : Answer(status: 400)
        }
        let base = options.relativeURLs ? "" : url.withLock { $0 }
        return state.withLock { state in
            guard var upload = state.contents.uploads[route.reference],
                upload.repository == route.repository
            else { return .error(404, "BLOB_UPLOAD_UNKNOWN") }
            func progress(_ status: Int) -> Answer {
                Self.progress(status, route, route.reference, upload.bytes.count, base: base)
            }
            switch request.method {
            case "GET": return progress(204)
            case "DELETE":
                state.contents.uploads[route.reference] = nil
                return Answer(status: 204)
            case "PATCH", "PUT":
                if let range = request.header("Content-Range"), !body.isEmpty,
                    range.split(separator: "-").first != "\(upload.bytes.count)"
                {
                    return progress(416)
                }
                upload.bytes += body
                state.contents.uploads[route.reference] = upload
                guard request.method == "PUT", isWhole else { return progress(202) }
                return Self.finish(&state.contents, request, route, upload.bytes)
            default: return .error(405, "UNSUPPORTED")
            }
        }
    }

    private func startUpload(_ request: RecordedRequest, _ route: Route, _ body: [UInt8]) -> Answer {
        let base = options.relativeURLs ? "" : url.withLock { $0 }
        return state.withLock { state in
            if let mount = request.parameters("mount").first.flatMap({ SHA256Digest(oci: $0) }),
                options.mounts,
                let source = request.parameters("from").first, mayPull(source, request, state.tokens),
                state.contents.repositories[source]?.blobs.contains(mount) == true
            {
                state.contents.repositories[route.repository, default: .init()].blobs.insert(mount)
                return Self.created(route, mount)
            }
            if !request.parameters("digest").isEmpty {
                return Self.finish(&state.contents, request, route, body)
            }
            state.contents.uploadCount += 1
            let name = "upload-\(state.contents.uploadCount)"
            state.contents.uploads[name] = (repository: route.repository, bytes: [])
            return Self.progress(202, route, name, 0, base: base)
        }
    }

    private static func progress(
        _ status: Int, _ route: Route, _ name: String, _ count: Int, base: String
    ) -> Answer {
        let location = "\(base)/v2/\(route.repository)/blobs/uploads/\(name)?_state=at-\(count)"
        return Answer(
            status: status,
            headers: [
                (name: "Location", value: location), (name: "Docker-Upload-UUID", value: name),
                (name: "Range", value: "0-\(max(0, count - 1))"),
            ])
    }

    private static func finish(
        _ contents: inout RegistryContents, _ request: RecordedRequest, _ route: Route, _ bytes: [UInt8]
    ) -> Answer {
        let digest = SHA256Digest(hashing: bytes)
        guard request.parameters("digest").first == digest.oci else { return .error(400, "DIGEST_INVALID") }
        contents.uploads[route.reference] = nil
        contents.addBlob(bytes, to: route.repository)
        return created(route, digest)
    }

    private static func created(_ route: Route, _ digest: SHA256Digest) -> Answer {
        Answer(
            status: 201,
            headers: [
                (name: "Location", value: "/v2/\(route.repository)/blobs/\(digest.oci)"),
                (name: "Docker-Content-Digest", value: digest.oci),
            ])
    }
}
