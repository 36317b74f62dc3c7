public import Digests
internal import HTTP
public import OCI

extension RegistryClient {
    /// True if the repository has the blob, in the registry itself: to be asked before writing it there.
    public func hasBlob(
        _ digest: SHA256Digest, in repository: ImageReference
    ) async throws(RegistryError) -> Bool {
        let subject = Subject(repository.at(digest), what: "blob")
        do throws(RegistryError) {
            try await atRegistry(subject) { (endpoint) throws(AttemptError) in
                try await head(digest, in: repository, at: endpoint, scope: .push(repository.repositoryPath))
            }
            return true
        } catch {
            switch error.problem {
            // A login that may write may not always be allowed to read, and an upload's error explains more than a
            // response without a body.
            case .notFound, .denied, .refused, .storageRefused: return false
            default: throw error
            }
        }
    }

    /// Fails with 404 if the repository does not have the blob.
    func head(
        _ digest: SHA256Digest, in repository: ImageReference, at endpoint: RegistryEndpoint,
        scope: TokenScope
    ) async throws(AttemptError) {
        let call = RegistryCall(
            method: .HEAD, target: .path("blobs/\(digest.oci)"), scopes: [scope], isContentAddressed: true)
        try await send(call, at: endpoint, repository: repository.repositoryPath) {
            (answer) throws(AttemptError) in
            guard (200...206).contains(answer.status) else { throw await answer.failure() }
            await answer.drain()
        }
    }

    /// Streams a blob into `receiver`, from its count on, and resumes after every cut. Returns when all `blob.size` bytes
    /// have arrived with the right digest: wrong content is discarded and fetched again, from the next server in the
    /// end.
    public func download(
        _ blob: Descriptor, from repository: ImageReference, into receiver: any BlobReceiver
    ) async throws(RegistryError) {
        let subject = Subject(repository.at(blob.digest), what: "blob")
        var keepsCoding = false
        try await atEndpoints(subject, progress: { receiver.count }) { (endpoint) throws(AttemptError) in
            let download = BlobDownload(blob: blob, receiver: receiver)
            if receiver.count >= blob.size {
                if download.matchesDigest { return }
                // A part that an earlier run left.
                try download.restart()
            }
            let call = RegistryCall(
                method: .GET, target: .path("blobs/\(blob.digest.oci)"), headers: download.headers,
                scopes: [.pull(repository.repositoryPath)], isContentAddressed: true,
                coding: keepsCoding ? .kept : download.coding)
            try await send(call, at: endpoint, repository: repository.repositoryPath) {
                (answer) throws(AttemptError) in
                do throws(AttemptError) { try await download.take(answer) } catch {
                    guard ContentCoding.isEncoded(answer.headers), answer.isDecoded || keepsCoding,
                        let problem = error.contentProblem
                    else { throw error }
                    // Perhaps it was not encoded at all, or is.
                    keepsCoding.toggle()
                    try download.restart()
                    throw AttemptError(.damaged(problem), origin: error.origin)
                }
            }
        }
    }
}

extension AttemptError {
    /// The problem with the received content; nil if the content is not at fault.
    fileprivate var contentProblem: RegistryError.Problem? {
        switch cause {
        case .damaged(let problem): problem
        case .final(.protocolViolation(let reason)): .protocolViolation(reason: reason)
        default: nil
        }
    }
}
