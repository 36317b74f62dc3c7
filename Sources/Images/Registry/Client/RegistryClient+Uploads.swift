public import Bytes
internal import Digests
internal import HTTP
public import OCI

/// How a blob got into a repository.
public enum BlobUpload: Sendable {
    /// The repository had it.
    case existed
    /// The registry had it in another repository and showed it in this one too.
    case mounted
    case uploaded
}

extension RegistryClient {
    /// Uploads a blob unless the repository has it, which is not asked if it `isMissing`. `mountableFrom` are
    /// repositories that may have it: those of the same registry are tried first. An upload that is cut is resumed, or
    /// restarted where the registry has lost it.
    public func upload(
        _ blob: Descriptor, contents: any RandomAccessBytes, to repository: ImageReference,
        mountableFrom: [ImageReference], isMissing: Bool = false
    ) async throws(RegistryError) -> BlobUpload {
        let subject = Subject(repository.at(blob.digest), what: "repository")
        guard contents.count == blob.size else {
            throw subject.error(
                .violation(
                    "\(contents.count) bytes to upload, but the manifest gives \(blob.size)"),
                at: nil, attempts: 0)
        }
        var upload = UploadState(
            blob: blob, contents: contents,
            mounts: mountableFrom.filter { $0.registry == repository.registry }
                .map(\.repositoryPath).filter { $0 != repository.repositoryPath },
            isMissing: isMissing)
        return try await atRegistry(subject, progress: { upload.offset }) { (endpoint) throws(AttemptError) in
            try await continueUpload(&upload, to: repository, at: endpoint)
        }
    }

    private func continueUpload(
        _ upload: inout UploadState, to repository: ImageReference, at endpoint: RegistryEndpoint
    ) async throws(AttemptError) -> BlobUpload {
        let session = UploadSession(client: self, repository: repository, endpoint: endpoint)
        while true {
            if try await exists(upload, in: repository, at: endpoint) {
                return upload.wasCut ? .uploaded : .existed
            }
            do throws(AttemptError) {
                if !upload.mounts.isEmpty {
                    if try await session.mount(&upload) { return .mounted }
                } else if upload.location != nil {
                    try await session.synchronize(&upload)
                }
                if upload.location == nil { try await session.begin(&upload) }
                try await session.sendRest(&upload)
                return .uploaded
            } catch {
                upload.wasCut = true
                upload.isMissing = false
                guard upload.restart(after: error) else { throw error }
            }
        }
    }

    private func exists(
        _ upload: UploadState, in repository: ImageReference, at endpoint: RegistryEndpoint
    ) async throws(AttemptError) -> Bool {
        guard !upload.isMissing else { return false }
        let scope = TokenScope.push(repository.repositoryPath)
        do throws(AttemptError) {
            try await head(upload.blob.digest, in: repository, at: endpoint, scope: scope)
            return true
        } catch {
            // A login that may write may not always be allowed to read, and the upload's error explains more than a
            // response without a body.
            guard error.status != nil, !error.isTemporary else { throw error }
            return false
        }
    }
}
