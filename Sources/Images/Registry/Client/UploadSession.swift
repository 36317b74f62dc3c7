internal import Digests
internal import HTTP
internal import OCI

/// The steps of an upload (OCI distribution specification, "Pushing blobs").
struct UploadSession {
    let client: RegistryClient
    let repository: ImageReference
    let endpoint: RegistryEndpoint

    private var scopes: [TokenScope] { [.push(repository.repositoryPath)] }

    /// Tries to have the blob shown from other repositories, in order; true if that went well. If not, an upload may be
    /// under way, the last that was begun instead of a mount: registries forget the others in time.
    func mount(_ upload: inout UploadState) async throws(AttemptError) -> Bool {
        while let source = upload.mounts.first {
            upload.mounts.removeFirst()
            let call = RegistryCall(
                method: .POST,
                target: .path(
                    "blobs/uploads/",
                    query: [(name: "mount", value: upload.blob.digest.oci), (name: "from", value: source)]),
                headers: ["content-length": "0"], scopes: scopes + [.pull(source)])
            do throws(AttemptError) {
                let isMounted = try await send(call) { (answer) throws(AttemptError) in
                    switch answer.status {
                    case 201:
                        await answer.drain()
                        return true
                    case 202:
                        try await begin(&upload, answer)
                        return false
                    default: throw await answer.failure()
                    }
                }
                if isMounted { return true }
            } catch {
                // Who may not read the other repository can still upload; what may pass is tried again.
                if error.isTemporary || error.status == nil {
                    upload.mounts.insert(source, at: 0)
                    throw error
                }
            }
        }
        return false
    }

    func begin(_ upload: inout UploadState) async throws(AttemptError) {
        let call = RegistryCall(
            method: .POST, target: .path("blobs/uploads/"), headers: ["content-length": "0"], scopes: scopes)
        try await send(call) { (answer) throws(AttemptError) in
            guard answer.status == 202 else { throw await answer.failure() }
            try await begin(&upload, answer)
        }
    }

    private func begin(_ upload: inout UploadState, _ answer: Answer) async throws(AttemptError) {
        upload.forget()
        try take(answer, &upload)
        guard upload.location != nil else { throw .violation("the upload has no Location") }
        if let least = answer.header("oci-chunk-min-length").flatMap({ UInt64($0) }) {
            upload.chunk = max(upload.chunk, min(least, upload.blob.size))
        }
        await answer.drain()
    }

    /// Asks how much the registry has.
    func synchronize(_ upload: inout UploadState) async throws(AttemptError) {
        guard let location = upload.location else { return }
        try await send(RegistryCall(method: .GET, target: .address(location), scopes: scopes)) {
            (answer) throws(AttemptError) in
            guard answer.status == 204 || answer.status == 202 else { throw await answer.failure() }
            try take(answer, &upload)
            upload.offset = 0
            try takeRange(answer, &upload)
            await answer.drain()
        }
    }

    func sendChunk(_ upload: inout UploadState) async throws(AttemptError) {
        guard let location = upload.location else { return }
        let end = upload.offset + min(upload.chunk, upload.rest)
        let call = RegistryCall(
            method: .PATCH, target: .address(location),
            headers: [
                "content-type": "application/octet-stream",
                "content-range": "\(upload.offset)-\(end - 1)",
            ], body: .part(of: upload.contents, range: upload.offset..<end), scopes: scopes)
        try await send(call) { (answer) throws(AttemptError) in
            guard answer.status == 202 || answer.status == 201 || answer.status == 204 else {
                throw await answer.failure()
            }
            let start = upload.offset
            try take(answer, &upload)
            upload.offset = end
            try takeRange(answer, &upload)
            await answer.drain()
            guard upload.offset > start else {
                throw AttemptError(.cut("the registry kept nothing of what was sent"))
            }
        }
    }

    /// Sends what is left and has the registry check the digest.
    func finish(_ upload: inout UploadState) async throws(AttemptError) {
        guard let location = upload.location else { return }
        let digest = upload.blob.digest
        var headers: HTTPHeaders = ["content-type": "application/octet-stream"]
        if upload.offset > 0, upload.rest > 0 {
            headers.add(name: "content-range", value: "\(upload.offset)-\(upload.blob.size - 1)")
        }
        let call = RegistryCall(
            method: .PUT, target: .address(location.adding([(name: "digest", value: digest.oci)])),
            headers: headers,
            body: .part(of: upload.contents, range: upload.offset..<upload.blob.size), scopes: scopes)
        try await send(call) { (answer) throws(AttemptError) in
            guard answer.status == 201 || answer.status == 204 else { throw await answer.failure() }
            if let named = try answer.contentDigest(), named != digest {
                throw AttemptError(
                    .final(.wrongContent(expected: digest, found: named, size: upload.blob.size)))
            }
            await answer.drain()
        }
    }

    private func send<T>(
        _ call: RegistryCall, handle: (Answer) async throws(AttemptError) -> T
    ) async throws(AttemptError) -> T {
        try await client.send(
            call, at: endpoint, repository: repository.repositoryPath, handle: handle)
    }

    /// Where the next bytes go.
    private func take(_ answer: Answer, _ upload: inout UploadState) throws(AttemptError) {
        guard let text = answer.header("location") else { return }
        guard var location = answer.address.resolving(text) else {
            throw .violation("the upload's Location is no URL")
        }
        // A registry behind something that speaks TLS for it may not know that. Nothing goes to it in the open.
        if answer.address.isSecure, !location.isSecure, location.server.host == answer.address.server.host {
            location.isSecure = true
            location.server = answer.address.server
        }
        upload.location = location
    }

    /// `Range: 0-1023`, without the unit that HTTP would want; docker-registry says `0-0` for nothing.
    private func takeRange(_ answer: Answer, _ upload: inout UploadState) throws(AttemptError) {
        guard let text = answer.header("range") else { return }
        let digits = text.hasPrefix("bytes=") ? text.dropFirst("bytes=".count) : text[...]
        let parts = digits.split(separator: "-")
        guard parts.count == 2, parts[0] == "0", let last = UInt64(parts[1]), last < upload.blob.size
        else {
            if text.isEmpty { return }
            throw .violation("the upload's Range is \(ServerMessage.printable(Array(text.utf8)))")
        }
        upload.offset = last == 0 ? 0 : last + 1
    }
}
