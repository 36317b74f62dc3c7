public import Digests
internal import HTTP
internal import JSON
public import OCI

extension RegistryClient {
    /// What refers to the manifest `digest` as its `subject`, of one artifact type if one is given: asked of the
    /// referrers API, or read from the fallback tag where the registry does not have it. No referrers are not an error.
    public func referrers(
        of digest: SHA256Digest, in repository: ImageReference, artifactType: String?
    ) async throws(RegistryError) -> [Descriptor] {
        let subject = Subject(repository.at(digest), what: "list of referrers")
        let found = try await atEndpoints(subject) { (endpoint) throws(AttemptError) -> [Descriptor] in
            var found = try await listed(digest, in: repository, artifactType, at: endpoint)
            if found == nil { found = try await fallback(digest, in: repository, at: endpoint)?.manifests }
            // Mirrors copy images, not always what refers to them.
            if endpoint.isMirror, found?.isEmpty != false {
                throw AttemptError(.status(404, message: "", retryAfter: nil, hadCredentials: false))
            }
            return found ?? []
        }
        // A registry need not filter.
        return artifactType.map { type in found.filter { $0.artifactType == type } } ?? found
    }

    /// Nil if the registry has no referrers API.
    private func listed(
        _ digest: SHA256Digest, in repository: ImageReference, _ artifactType: String?,
        at endpoint: RegistryEndpoint
    ) async throws(AttemptError) -> [Descriptor]? {
        var target = RegistryCall.Target.path(
            "referrers/\(digest.oci)",
            query: artifactType.map { [(name: "artifactType", value: $0)] } ?? [])
        var all: [Descriptor] = []
        var pages = PageLimit()
        // A registry that gave one page has the API.
        var isFirst = true
        while true {
            let call = RegistryCall(
                method: .GET, target: target, headers: ["accept": MediaType.imageIndex.rawValue],
                scopes: [.pull(repository.repositoryPath)])
            let page = try await send(call, at: endpoint, repository: repository.repositoryPath) {
                (answer) throws(AttemptError) -> (index: ImageIndex, next: WebAddress?)? in
                guard answer.status == 200 else {
                    let failure = await answer.failure()
                    // A registry that denies all will say so for the fallback tag as well.
                    let isUnknown = [400, 403, 404, 405, 406, 410, 501].contains(answer.status)
                    guard isFirst, isUnknown, !failure.isTemporary else { throw failure }
                    return nil
                }
                let bytes = try await answer.bytes(limit: ManifestDocument.limit, of: "the list of referrers")
                // Some servers have a page for people at every path, others do not name the type of what they send.
                let isIndex = MediaType(contentType: answer.header("content-type"))?.role == .index
                guard isIndex || (try? JSONValue(parsing: bytes))?["manifests"] != nil else {
                    guard isFirst else {
                        throw .violation("a page of its list of referrers is not an image index")
                    }
                    return nil
                }
                return (try Self.index(bytes), try pages.next(answer))
            }
            guard let page else { return nil }
            isFirst = false
            all += page.index.manifests
            guard let next = page.next else { return all }
            target = .address(next)
        }
    }

    /// The index under the fallback tag; nil if not found.
    func fallback(
        _ digest: SHA256Digest, in repository: ImageReference, at endpoint: RegistryEndpoint
    ) async throws(AttemptError) -> ImageIndex? {
        let call = RegistryCall(
            method: .GET, target: .path("manifests/\(Referrer.fallbackTag(digest))"),
            headers: ["accept": MediaType.imageIndex.rawValue], scopes: [.pull(repository.repositoryPath)])
        return try await send(call, at: endpoint, repository: repository.repositoryPath) {
            (answer) throws(AttemptError) -> ImageIndex? in
            if answer.status == 404 {
                await answer.drain()
                return nil
            }
            guard answer.status == 200 else { throw await answer.failure() }
            return try Self.index(
                try await answer.bytes(limit: ManifestDocument.limit, of: "the list of referrers"))
        }
    }

    /// Adds `referrer` to the index under the fallback tag. Nobody locks a tag: so it is looked at once more
    /// afterwards, and retried if a concurrent write undid it.
    func addToFallback(_ referrer: Referrer, in repository: ImageReference) async throws(RegistryError) {
        let subject = Subject(repository.at(referrer.subject), what: "repository")
        // The last one only looks.
        for round in 0...5 {
            let exists = try await atRegistry(subject) { (endpoint) throws(AttemptError) in
                var index =
                    try await fallback(referrer.subject, in: repository, at: endpoint)
                    ?? ImageIndex(manifests: [])
                if index.manifests.contains(where: { $0.digest == referrer.descriptor.digest }) {
                    return true
                }
                guard round < 5 else { return false }
                index.manifests.append(referrer.descriptor)
                let bytes = index.encoded()
                _ = try await put(
                    bytes, .imageIndex, Referrer.fallbackTag(referrer.subject), SHA256Digest(hashing: bytes),
                    in: repository, at: endpoint)
                return false
            }
            if exists { return }
        }
        throw subject.error(
            .violation(
                "its list of referrers, the tag \(Referrer.fallbackTag(referrer.subject)), lost the added "
                    + "entry; push again"),
            at: nil, attempts: 0)
    }

    private static func index(_ bytes: [UInt8]) throws(AttemptError) -> ImageIndex {
        do throws(ImageError) {
            return try ImageIndex(parsing: bytes, document: "the list of referrers")
        } catch { throw .damaged("\(error)") }
    }
}
