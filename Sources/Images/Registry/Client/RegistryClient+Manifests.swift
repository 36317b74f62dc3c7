internal import Digests
internal import HTTP
public import OCI

extension RegistryClient {
    /// The descriptor of a manifest or an index; nil if neither a mirror nor the registry has it.
    public func descriptor(of reference: ImageReference) async throws(RegistryError) -> Descriptor? {
        try await unlessMissing { () throws(RegistryError) in
            var asked = AskedByHead()
            return try await atEndpoints(Subject(reference)) { (endpoint) throws(AttemptError) in
                try await head(reference, at: endpoint, &asked)
            }
        }
    }

    /// The descriptor of a manifest or an index; nil if the registry itself does not have it. No mirror is asked: this
    /// decides what to write there, or what to remove here.
    public func publishedDescriptor(
        of reference: ImageReference
    ) async throws(RegistryError) -> Descriptor? {
        try await unlessMissing { () throws(RegistryError) in
            var asked = AskedByHead()
            return try await atRegistry(Subject(reference)) { (endpoint) throws(AttemptError) in
                try await head(reference, at: endpoint, &asked)
            }
        }
    }

    /// The servers that have answered a HEAD with an error. The answer to a HEAD has no body, so it does not say why,
    /// and some servers do not know HEAD: they are asked with GET from then on.
    private struct AskedByHead {
        var failed: Set<RegistryEndpoint> = []
    }

    private func unlessMissing(
        _ body: () async throws(RegistryError) -> Descriptor
    ) async throws(RegistryError) -> Descriptor? {
        do throws(RegistryError) { return try await body() } catch {
            if case .notFound = error.problem { return nil }
            throw error
        }
    }

    /// A manifest or an index, by digest if `reference` has one, else by tag (`latest` if it has none).
    /// Its bytes are checked against that digest and the one that the registry names; at most 4 MiB.
    public func manifest(
        _ reference: ImageReference
    ) async throws(RegistryError) -> (descriptor: Descriptor, bytes: [UInt8]) {
        try await atEndpoints(Subject(reference)) { (endpoint) throws(AttemptError) in
            try await get(reference, at: endpoint)
        }
    }

    private func head(
        _ reference: ImageReference, at endpoint: RegistryEndpoint, _ asked: inout AskedByHead
    ) async throws(AttemptError) -> Descriptor {
        guard !asked.failed.contains(endpoint) else {
            return try await get(reference, at: endpoint).descriptor
        }
        do throws(AttemptError) {
            if let found = try await head(reference, at: endpoint) { return found }
        } catch {
            guard let status = error.status, status != 404 else { throw error }
            asked.failed.insert(endpoint)
            // What may pass is asked again after a pause.
            if error.isTemporary { throw error }
        }
        return try await get(reference, at: endpoint).descriptor
    }

    /// Nil if the answer does not say enough.
    private func head(
        _ reference: ImageReference, at endpoint: RegistryEndpoint
    ) async throws(AttemptError) -> Descriptor? {
        try await send(
            manifestCall(.HEAD, reference), at: endpoint, repository: reference.repositoryPath
        ) { (answer) throws(AttemptError) -> Descriptor? in
            guard answer.status == 200 else { throw await answer.failure() }
            await answer.drain()
            // The length of an encoded body is not that of the manifest.
            guard answer.header("content-encoding").map({ $0.lowercased() == "identity" }) ?? true,
                let type = MediaType(contentType: answer.header("content-type")), type.role != nil,
                let size = answer.length, size > 0, size <= ManifestDocument.limit,
                let digest = answer.contentDigest ?? reference.digest
            else { return nil }
            try Self.check(digest, reference.digest, size: size)
            return Descriptor(mediaType: type, digest: digest, size: size)
        }
    }

    private func get(
        _ reference: ImageReference, at endpoint: RegistryEndpoint
    ) async throws(AttemptError) -> (descriptor: Descriptor, bytes: [UInt8]) {
        try await send(manifestCall(.GET, reference), at: endpoint, repository: reference.repositoryPath) {
            (answer) throws(AttemptError) in
            guard answer.status == 200 else { throw await answer.failure() }
            let bytes = try await answer.bytes(limit: ManifestDocument.limit, of: "the manifest")
            let digest = SHA256Digest(hashing: bytes)
            let size = UInt64(bytes.count)
            if let wanted = reference.digest { try Self.check(digest, wanted, size: size) }
            if let named = answer.contentDigest { try Self.check(digest, named, size: size) }
            let type = try ManifestDocument.mediaType(bytes, contentType: answer.header("content-type"))
            return (Descriptor(mediaType: type, digest: digest, size: size), bytes)
        }
    }

    private func manifestCall(_ method: HTTPMethod, _ reference: ImageReference) -> RegistryCall {
        RegistryCall(
            method: method, target: .path("manifests/\(reference.manifestName)"),
            headers: ["accept": ManifestDocument.accepted.map(\.rawValue).joined(separator: ", ")],
            scopes: [.pull(reference.repositoryPath)], isContentAddressed: reference.digest != nil)
    }

    private static func check(
        _ found: SHA256Digest, _ wanted: SHA256Digest?, size: UInt64
    ) throws(AttemptError) {
        guard let wanted, wanted != found else { return }
        throw AttemptError(.damaged(.wrongContent(expected: wanted, found: found, size: size)))
    }
}

extension Answer {
    /// `Docker-Content-Digest` (OCI distribution specification, "Pulling manifests"); nil if it is missing, malformed or
    /// by another algorithm: the digest of what was received counts in any case.
    var contentDigest: SHA256Digest? {
        header("docker-content-digest").flatMap { SHA256Digest(oci: $0.trimmingWhitespace()) }
    }
}

extension ImageReference {
    /// The repository as registries have it: Docker Hub's own images are in `library`.
    var repositoryPath: String {
        let isDockerHub = (try? RegistryEndpoint(registry: registry))?.registry == DockerHub.name
        return isDockerHub ? DockerHub.repositoryPath(path) : path
    }

    /// The reference that a manifest is requested by: the digest wins over the tag.
    var manifestName: String { digest?.oci ?? tag ?? "latest" }
}
