internal import HTTP

extension AttemptError {
    /// Translates a failure of the HTTP client.
    init(reading failure: HTTPFailure) {
        switch failure {
        case .cancelled: self.init(.cancelled)
        case .unreachable(let reason): self.init(.unreachable(reason))
        case .cut(let reason): self.init(.cut(reason))
        case .notHTTP: self.init(.notHTTP)
        case .stalled: self.init(.stalled)
        case .undecodable(let reason):
            self = .damaged("the content is not encoded as its Content-Encoding says (\(reason))")
        case .untrusted(let reason): self.init(.final(.untrusted(reason: reason)))
        case .unreadableBody(let error): self.init(.final(.stream(error)))
        case .proxyLogin: self.init(.final(.proxyLogin))
        case .noLibrary(let reason): self.init(.final(.noLibrary(reason: reason)))
        case .badCertificates(let reason):
            self.init(.final(.configuration(reason: "the certificates to trust cannot be used: \(reason)")))
        case .invalidRequest(let reason): self = .violation(reason)
        }
    }
}

extension RegistryError.Problem {
    static let proxyLogin = Self.configuration(
        reason:
            "the proxy requires a login, or rejected this one; put it into HTTPS_PROXY and HTTP_PROXY, as in "
            + "http://user:password@proxy.example:3128")
}
