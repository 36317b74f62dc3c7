public import Bytes
internal import Digests
internal import HTTP
public import OCI

/// How a blob came to be in a repository.
public enum BlobUpload: Sendable {
    /// It was there.
    case existed
    /// The registry has it in another repository and showed it in this one too.
    case mounted
    case uploaded
}

extension RegistryClient {
    /// Uploads a blob unless it is there, which is not asked if it `isMissing`. `mountableFrom` are repositories that may have it: those of the same
    /// registry are tried first. What was uploaded stays when a connection is cut.
    public func upload(
        _ blob: Descriptor, contents: any RandomAccessBytes, to repository: ImageReference,
        mountableFrom: [ImageReference], isMissing: Bool = false
    ) async throws(RegistryError) -> BlobUpload {
        let subject = Subject(repository.at(blob.digest), what: "the repository")
        guard contents.count == blob.size else {
            throw subject.error(
                .violation(
                    "there are \(contents.count) bytes to upload, and the manifest promises \(blob.size)"),
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
        if try await isThere(upload, in: repository, at: endpoint) {
            return upload.wasCut ? .uploaded : .existed
        }
        let session = UploadSession(client: self, repository: repository, endpoint: endpoint)
        do throws(AttemptError) {
            if !upload.mounts.isEmpty {
                if try await session.mount(&upload) { return .mounted }
            } else if upload.location != nil {
                try await session.synchronize(&upload)
                upload.wasResumed = upload.offset > 0
            }
            if upload.location == nil { try await session.begin(&upload) }
            while upload.rest > upload.chunk { try await session.sendChunk(&upload) }
            try await session.finish(&upload)
            return .uploaded
        } catch {
            upload.wasCut = true
            upload.isMissing = false
            // A session that is gone, one that is at another place than we, or pieces that do not fit together:
            // from the start, or from where it is.
            guard upload.location != nil, upload.restarts < 3, let status = error.status,
                status == 404 || status == 416 || status == 400 && upload.wasResumed
            else { throw error }
            if status != 416 || upload.restarts > 0 { upload.forget() }
            upload.restarts += 1
            throw AttemptError(.cut("the registry lost the upload"))
        }
    }

    private func isThere(
        _ upload: UploadState, in repository: ImageReference, at endpoint: RegistryEndpoint
    ) async throws(AttemptError) -> Bool {
        guard !upload.isMissing else { return false }
        let scope = TokenScope.push(repository.repositoryPath)
        do throws(AttemptError) {
            try await head(upload.blob.digest, in: repository, at: endpoint, scope: scope)
            return true
        } catch {
            // 403 and 405: what may be written may not always be asked for.
            guard [403, 404, 405].contains(error.status) else { throw error }
            return false
        }
    }
}

/// How far an upload is.
struct UploadState {
    let blob: Descriptor
    let contents: any RandomAccessBytes
    /// Repositories still to try.
    var mounts: [String]
    /// True as long as it is known that the registry does not have it.
    var isMissing: Bool
    /// Where the registry takes the bytes that follow; nil if no upload is under way.
    var location: WebAddress?
    /// Bytes that the registry has.
    var offset: UInt64 = 0
    /// Bytes of one request: few enough that little is lost with one.
    var chunk: UInt64 = 16 << 20
    var wasCut = false
    /// True if it goes on where a connection was cut.
    var wasResumed = false
    var restarts = 0

    var rest: UInt64 { blob.size - offset }

    mutating func forget() {
        location = nil
        offset = 0
        wasResumed = false
    }
}
