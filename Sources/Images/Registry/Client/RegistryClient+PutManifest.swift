internal import Digests
internal import JSON
internal import HTTP
public import OCI

extension RegistryClient {
    /// Puts a manifest or an index, whose blobs must be there, under the tag of `reference` if it has one, else
    /// under its digest. If the manifest has a `subject` and the registry does not know referrers, they are
    /// kept under the fallback tag of the specification.
    public func putManifest(
        _ bytes: [UInt8], mediaType: MediaType, as reference: ImageReference
    ) async throws(RegistryError) -> Descriptor {
        let subject = Subject(reference, what: "repository")
        let digest = SHA256Digest(hashing: bytes)
        let descriptor = Descriptor(mediaType: mediaType, digest: digest, size: UInt64(bytes.count))
        if let wanted = reference.digest, wanted != digest {
            throw subject.error(
                AttemptError(.final(.wrongContent(expected: wanted, found: digest, size: descriptor.size))),
                at: nil, attempts: 0)
        }
        let name = reference.tag ?? reference.digest?.oci ?? "latest"
        let knowsReferrers = try await atRegistry(subject) { (endpoint) throws(AttemptError) in
            try await put(bytes, mediaType, name, digest, in: reference, at: endpoint)
        }
        if !knowsReferrers, let referrer = Referrer(manifest: bytes, descriptor) {
            try await addToFallback(referrer, in: reference)
        }
        return descriptor
    }

    /// True if the registry says that it keeps the subject itself.
    func put(
        _ bytes: [UInt8], _ mediaType: MediaType, _ name: String, _ digest: SHA256Digest,
        in repository: ImageReference, at endpoint: RegistryEndpoint
    ) async throws(AttemptError) -> Bool {
        let call = RegistryCall(
            method: .PUT, target: .path("manifests/\(name)"), headers: ["content-type": mediaType.rawValue],
            body: .bytes(bytes), scopes: [.push(repository.repositoryPath)])
        return try await send(call, at: endpoint, repository: repository.repositoryPath) {
            (answer) throws(AttemptError) in
            guard (200...204).contains(answer.status) else {
                throw Self.unsettled(await answer.failure())
            }
            if let named = answer.contentDigest, named != digest {
                throw AttemptError(
                    .final(.wrongContent(expected: digest, found: named, size: UInt64(bytes.count))))
            }
            await answer.drain()
            return answer.header("oci-subject") != nil
        }
    }

    /// Blobs go before their manifest. One whose upload was cut off may be found there before the registry has linked
    /// it, so that it says of the manifest that a blob is unknown (OCI distribution specification, code-1).
    private static func unsettled(_ failure: AttemptError) -> AttemptError {
        guard case .status(let status, let message, _, _) = failure.cause,
            message.contains("MANIFEST_BLOB_UNKNOWN")
        else { return failure }
        var failure = failure
        failure.cause = .unsettled(.refused(status: status, message: message))
        return failure
    }
}
