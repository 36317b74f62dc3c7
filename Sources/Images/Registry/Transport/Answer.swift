internal import HTTP
internal import JSON

/// A response whose body still comes.
struct Answer {
    let status: Int
    let headers: HTTPHeaders
    /// The address of the response, after redirects.
    let address: WebAddress
    /// True if the body's Content-Encoding has already been decoded.
    let isDecoded: Bool
    /// True if a redirect led to another server than the one asked.
    var isForeign = false
    /// True if a login, or a token obtained with one, was sent with the request.
    var hadCredentials = false
    /// Where that login was read from.
    var loginSource: String?
    /// What went with the request and must not be shown, should the server repeat it.
    var secrets: [String] = []
    private let response: HTTPAnswer

    init(_ response: HTTPAnswer, from address: WebAddress, isDecoded: Bool = false) {
        status = response.status
        headers = response.headers
        self.response = response
        self.address = address
        self.isDecoded = isDecoded
    }

    /// The first value of a header field.
    func header(_ name: String) -> String? { headers.first(name: name) }

    /// The length of the content; nil if the server does not say it, as of what is encoded on the way.
    var length: UInt64? {
        isDecoded ? nil : header("content-length").flatMap { UInt64($0) }
    }

    /// Passes the body to `take`, piece by piece as it is received, no faster than `take` accepts it.
    func forEachPiece(_ take: ([UInt8]) throws(AttemptError) -> Void) async throws(AttemptError) {
        while true {
            let piece: [UInt8]?
            do throws(HTTPFailure) { piece = try await response.nextPiece() } catch {
                throw AttemptError(reading: error)
            }
            guard let piece else { return }
            try take(piece)
        }
    }

    /// The whole body; an error if it is longer than `limit`.
    func bytes(limit: Int, of what: String) async throws(AttemptError) -> [UInt8] {
        var all: [UInt8] = []
        try await forEachPiece { (piece) throws(AttemptError) in
            guard all.count + piece.count <= limit else {
                throw .violation("\(what) is longer than the limit of \(limit) bytes")
            }
            all += piece
        }
        // HEAD has a length and no body.
        return all
    }

    /// Discards the rest of an unneeded body, so that the connection can be reused.
    func drain() async {
        _ = try? await bytes(limit: 64 << 10, of: "")
    }

    /// What the answer says of a request that failed.
    func failure() async -> AttemptError {
        let text = (try? await bytes(limit: 64 << 10, of: "")) ?? []
        let message = ServerMessage.read(text, hiding: secrets + address.secrets)
        if status == 400, !address.isSecure, message.contains("HTTPS") { return AttemptError(.wantsTLS) }
        let now = header("date").flatMap(RetryAfter.date)
        var error = AttemptError(
            .status(
                status, message: message,
                retryAfter: header("retry-after").flatMap { RetryAfter.seconds($0, now: now) },
                hadCredentials: hadCredentials),
            origin: isForeign ? address.origin : nil)
        error.isElsewhere = isForeign
        error.loginSource = loginSource
        return error
    }
}
