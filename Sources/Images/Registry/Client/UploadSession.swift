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
                // Without access to the other repository an upload is still possible. What may pass is tried again.
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
            guard (200...202).contains(answer.status) else { throw await answer.failure() }
            try await begin(&upload, answer)
        }
    }

    private func begin(_ upload: inout UploadState, _ answer: Answer) async throws(AttemptError) {
        upload.forget()
        try take(answer, &upload)
        guard upload.location != nil else {
            throw .violation("the registry began an upload without a Location")
        }
        if let least = answer.header("oci-chunk-min-length").flatMap({ UInt64($0) }) {
            upload.leastChunk = max(upload.leastChunk, least)
            upload.chunk = max(upload.chunk, min(least, upload.blob.size))
        }
        await answer.drain()
    }

    /// Asks how much the registry has. Where it does not say so in a way that fits, the session is forgotten.
    func synchronize(_ upload: inout UploadState) async throws(AttemptError) {
        guard let location = upload.location else { return }
        upload.step = .asking
        try await send(RegistryCall(method: .GET, target: .address(location), scopes: scopes)) {
            (answer) throws(AttemptError) in
            guard (200...204).contains(answer.status) else { throw await answer.failure() }
            try take(answer, &upload)
            await answer.drain()
            let limit = upload.sent
            switch UploadRange.count(answer).map({ upload.rangeIsCount ? $0 - min($0, 1) : $0 }) {
            case let count? where count <= limit: upload.offset = count
            case let count? where count == limit + 1: upload.offset = limit
            default:
                upload.forget()
                return
            }
            upload.wasResumed = true
        }
    }

    /// Sends what the registry does not have yet.
    func sendRest(_ upload: inout UploadState) async throws(AttemptError) {
        switch upload.method {
        case .chunks: while upload.rest > upload.chunk { try await sendChunk(&upload, upload.chunk) }
        case .whole: break
        case .stream: if upload.rest > 0 { try await sendChunk(&upload, upload.rest) }
        }
        try await finish(&upload)
    }

    private func sendChunk(_ upload: inout UploadState, _ length: UInt64) async throws(AttemptError) {
        guard let location = upload.location else { return }
        let end = upload.offset + min(length, upload.rest)
        var headers: HTTPHeaders = ["content-type": "application/octet-stream"]
        if upload.method != .stream {
            headers.add(name: "content-range", value: "\(upload.offset)-\(end - 1)")
        }
        let call = RegistryCall(
            method: .PATCH, target: .address(location), headers: headers,
            body: .part(of: upload.contents, range: upload.offset..<end), scopes: scopes)
        upload.step = .sending
        upload.sent = end
        try await send(call) { (answer) throws(AttemptError) in
            guard (200...204).contains(answer.status) else { throw await answer.failure() }
            let start = upload.offset
            try take(answer, &upload)
            await answer.drain()
            upload.offset = end
            guard var count = UploadRange.count(answer) else { return }
            if count == end + 1 { upload.rangeIsCount = true }
            if upload.rangeIsCount { count -= min(count, 1) }
            // `0-0` is what one byte looks like, too.
            if count == 0, end == 1 { return }
            guard count > start else {
                upload.offset = count
                throw AttemptError(.cut("the registry discarded the data that was sent"))
            }
            guard count <= end else {
                upload.forget()
                upload.method = upload.method.next ?? upload.method
                throw AttemptError(.cut("the registry reports \(count) bytes received, but \(end) were sent"))
            }
            upload.offset = count
        }
    }

    /// Sends what is left and has the registry check the digest.
    private func finish(_ upload: inout UploadState) async throws(AttemptError) {
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
        upload.step = .finishing
        upload.sent = upload.blob.size
        try await send(call) { (answer) throws(AttemptError) in
            guard (200...204).contains(answer.status) else { throw await answer.failure() }
            if let named = answer.contentDigest, named != digest {
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
        guard var location = answer.address.resolving(text.trimmingWhitespace()) else {
            throw .violation("the upload's Location is not a URL")
        }
        // A registry behind something that speaks TLS for it may not know that. Nothing goes to it in the open.
        if answer.address.isSecure, !location.isSecure, location.server.host == answer.address.server.host {
            location.isSecure = true
            location.server = answer.address.server
        }
        upload.location = location
    }
}

/// `Range` of an upload's answers: `0-1023`, without the unit that HTTP would want. Docker's registry says `0-0` for
/// nothing.
enum UploadRange {
    /// Bytes that the registry has; nil if it does not say so in a way that is understood.
    static func count(_ answer: Answer) -> UInt64? { answer.header("range").flatMap(count) }

    static func count(_ text: String) -> UInt64? {
        var digits = text.lowercased().filter { !$0.isWhitespace }[...]
        if digits.hasPrefix("bytes") { digits = digits.dropFirst("bytes".count) }
        if digits.hasPrefix("=") { digits = digits.dropFirst() }
        let parts = digits.prefix { $0 != "/" }.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "0", let last = UInt64(parts[1]), last < .max else { return nil }
        return last == 0 ? 0 : last + 1
    }
}
