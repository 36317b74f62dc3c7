internal import HTTP

/// Where an answer sends a request, and what of it may go there (RFC 9110 §15.4).
enum Redirect {
    /// The number of redirects that Go's HTTP client follows.
    static let limit = 10

    /// Nil if `status` is not a redirect.
    ///
    /// `allowsPlain`: the content is known by its digest, so eavesdropping or tampering gains nothing.
    static func next(
        _ request: WebRequest, status: Int, location: String?, allowsPlain: Bool
    ) throws(AttemptError) -> WebRequest? {
        guard [301, 302, 303, 307, 308].contains(status) else { return nil }
        guard let location, let target = request.address.resolving(location) else {
            throw .violation("\(request.address) redirects without a valid Location")
        }
        let keepsMethod = status == 307 || status == 308
        guard keepsMethod || request.method == .GET || request.method == .HEAD else {
            throw .violation(
                "\(request.address) redirects \(request.method.rawValue) (HTTP \(status)), which would lose its body"
            )
        }
        if request.address.isSecure, !target.isSecure, !allowsPlain, !target.server.isLoopback {
            throw .violation("\(request.address) redirects from HTTPS to plain HTTP at \(target.origin)")
        }
        var next = request
        next.address = target
        if !target.hasSameOrigin(as: request.address) {
            guard !request.hasSecretBody || !keepsMethod else {
                throw .violation("\(request.address) redirects a login to \(target.origin)")
            }
            for name in ["authorization", "proxy-authorization", "cookie"] { next.headers.remove(name: name) }
        }
        return next
    }
}
