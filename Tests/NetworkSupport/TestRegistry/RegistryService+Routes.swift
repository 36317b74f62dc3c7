internal import OCI
internal import Synchronization
internal import Digests
internal import JSON

extension RegistryService {
    /// The right answer. `isWhole` is false for a request that was cut: it changes no more than an upload's bytes.
    func answer(
        _ request: RecordedRequest, _ body: [UInt8], isWhole: Bool = true, ignoringRange: Bool = false
    ) -> Answer {
        let range = ignoringRange ? nil : request.header("Range")
        if request.path == "/token" { return token(request, body) }
        if request.path.hasPrefix("/files/") {
            let name = String(request.path.dropFirst("/files/".count))
            guard let bytes = state.withLock({ $0.contents.files[name] }) else {
                return Answer(status: 404)
            }
            return Answer(status: 200, body: bytes)
        }
        if request.path.hasPrefix("/storage/") {
            // As object stores do: a second way of signing in is an error.
            if request.header("Authorization") != nil { return Answer(status: 400) }
            let digest = SHA256Digest(oci: request.path.dropFirst("/storage/".count))
            guard let digest, let bytes = state.withLock({ $0.contents.blobs[digest] }) else {
                return Answer(status: 404)
            }
            return Answer(status: 200, body: bytes).ranged(range)
        }
        guard let route = Route(request.path) else { return .error(404, "NOT_FOUND") }
        if let refusal = refusal(request, route) { return refusal }
        switch route.kind {
        case .base: return Answer(status: 200, body: Array("{}".utf8))
        case .manifests: return manifests(request, route, body)
        case .blobs: return blobs(request, route).ranged(range)
        case .uploads: return uploads(request, route, body, isWhole: isWhole)
        case .tags: return tags(request, route)
        case .referrers: return referrers(request, route)
        }
    }
}

/// A path of the distribution specification.
struct Route {
    enum Kind { case base, manifests, blobs, uploads, tags, referrers }

    let kind: Kind
    var repository = ""
    /// A tag, a digest, or an upload's identifier.
    var reference = ""

    init?(_ path: String) {
        guard path.hasPrefix("/v2/") else { return nil }
        var parts = path.dropFirst("/v2/".count).split(separator: "/", omittingEmptySubsequences: false)
            .map(String.init)
        if parts == [""] {
            kind = .base
            return
        }
        guard parts.count >= 3 else { return nil }
        reference = parts.removeLast()
        if parts.suffix(2) == ["blobs", "uploads"] {
            kind = .uploads
            parts.removeLast(2)
        } else {
            switch parts.removeLast() {
            case "manifests": kind = .manifests
            case "blobs" where reference == "uploads":
                kind = .uploads
                reference = ""
            case "blobs": kind = .blobs
            case "tags": kind = .tags
            case "referrers": kind = .referrers
            default: return nil
            }
        }
        repository = parts.joined(separator: "/")
    }
}
