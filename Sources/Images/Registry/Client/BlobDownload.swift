internal import Bytes
internal import HTTP
internal import OCI

/// One request for a blob, or for what is missing of it (OCI distribution specification, "Pulling blobs";
/// RFC 9110 §14).
struct BlobDownload {
    let blob: Descriptor
    let receiver: any BlobReceiver

    var headers: HTTPHeaders {
        receiver.count > 0 ? ["range": "bytes=\(receiver.count)-"] : [:]
    }

    /// A label that says it is encoded is wrong if it has the very length of what is missing, or of all.
    var coding: ContentCoding {
        .undone(unlessOfLength: [blob.size - min(receiver.count, blob.size), blob.size])
    }

    func restart() throws(AttemptError) {
        do throws(StreamError) { try receiver.restart() } catch { throw AttemptError(.final(.stream(error))) }
    }

    func take(_ answer: Answer) async throws(AttemptError) {
        switch answer.status {
        case 200: try await takeWhole(answer)
        // The server sent the whole blob, ignoring the requested range.
        case 206 where receiver.count == 0 && answer.header("content-range") == nil:
            try await takeWhole(answer)
        case 206:
            let range = ContentRange(answer.header("content-range") ?? "")
            guard let range, range.first == receiver.count, range.last < blob.size else {
                await answer.drain()
                try restart()
                throw AttemptError(.cut("the server sent a different range of the blob than requested"))
            }
            try check(range.total)
            try await takeBody(answer)
        case 416 where receiver.count > 0:
            let range = ContentRange.total(answer.header("content-range") ?? "")
            await answer.drain()
            try check(range)
            try restart()
            throw AttemptError(.cut("the server did not send the rest of the blob"))
        default: throw await answer.failure()
        }
    }

    private func takeWhole(_ answer: Answer) async throws(AttemptError) {
        try check(answer.length)
        // The server does not support ranges.
        if receiver.count > 0 { try restart() }
        try await takeBody(answer)
    }

    private func takeBody(_ answer: Answer) async throws(AttemptError) {
        try await answer.forEachPiece { (piece) throws(AttemptError) in
            guard UInt64(piece.count) <= blob.size - min(receiver.count, blob.size) else {
                throw .violation(
                    "the server sent more than the \(blob.size) bytes that the manifest gives for the blob")
            }
            let result = piece.withUnsafeBytes { bytes -> Result<Void, StreamError> in
                do throws(StreamError) { return .success(try receiver.receive(bytes)) } catch {
                    return .failure(error)
                }
            }
            if case .failure(let error) = result { throw AttemptError(.final(.stream(error))) }
        }
        if receiver.count < blob.size {
            if answer.isDecoded {
                throw .damaged("the decoded blob ends after \(receiver.count) of \(blob.size) bytes")
            }
            throw AttemptError(.cut("the connection ended after \(receiver.count) of \(blob.size) bytes"))
        }
        if !matchesDigest {
            let (found, size) = (receiver.digest, receiver.count)
            try restart()
            throw AttemptError(.damaged(.wrongContent(expected: blob.digest, found: found, size: size)))
        }
    }

    /// True if what was received is the blob.
    var matchesDigest: Bool { receiver.count == blob.size && receiver.digest == blob.digest }

    /// No attempt can help if the blob itself has another size.
    private func check(_ size: UInt64?) throws(AttemptError) {
        guard let size, size != blob.size else { return }
        throw .violation("the server's blob has \(size) bytes, but the manifest gives \(blob.size)")
    }
}

/// `Content-Range` of an answer (RFC 9110 §14.4): `bytes 200-1023/1024`.
struct ContentRange: Equatable {
    let first: UInt64
    let last: UInt64
    /// Nil if the server does not know.
    let total: UInt64?

    init?(_ text: String) {
        let parts = text.split { $0 == " " || $0 == "-" || $0 == "/" }
        guard parts.count == 4, parts[0].lowercased() == "bytes", let first = UInt64(parts[1]),
            let last = UInt64(parts[2]), first <= last, let total = parts[3] == "*" ? 0 : UInt64(parts[3]),
            parts[3] == "*" || last < total
        else { return nil }
        self.first = first
        self.last = last
        self.total = parts[3] == "*" ? nil : total
    }

    /// The length in the `bytes */1024` of an answer that has no range.
    static func total(_ text: String) -> UInt64? {
        guard text.hasPrefix("bytes */") else { return nil }
        return UInt64(text.dropFirst("bytes */".count))
    }
}
