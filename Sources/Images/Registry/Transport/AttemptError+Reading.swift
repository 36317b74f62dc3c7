internal import AsyncHTTPClient
internal import Host
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// What the HTTP client's errors mean to the caller.
extension AttemptError {
    init(reading error: any Error) {
        if Task.isCancelled {
            self.init(.cancelled)
            return
        }
        switch error {
        case let failure as AttemptError: self = failure
        case is CancellationError: self.init(.cancelled)
        case let body as UnreadableBody: self.init(.final(.stream(body.error)))
        case let error as HTTPClientError: self.init(.init(client: error))
        case let error as NIOSSLError: self.init(.init(tls: "\(error)"))
        case let error as NIOSSLExtraError: self.init(.init(tls: "\(error)"))
        case HTTPParserError.invalidEOFState: self.init(.cut("the connection was closed"))
        case is HTTPParserError: self.init(.notHTTP)
        case let error as IOError:
            let reason = HostEnvironment.message(errno: error.errnoCode).lowercased()
            self.init(SystemErrors.isUnreachable(error.errnoCode) ? .unreachable(reason) : .cut(reason))
        case is ChannelError: self.init(.cut("the connection was closed"))
        default: self.init(.unreachable(Self.connectionProblem(error)))
        }
    }

    /// NIO tells of failed connections with a type of NIOPosix, which says in words what it holds.
    private static func connectionProblem(_ error: any Error) -> String {
        if let code = firstErrno(in: error, depth: 4) {
            return HostEnvironment.message(errno: code).lowercased()
        }
        let text = "\(error)"
        if text.contains("DNS") || text.contains("dnsA") { return "its name is not known" }
        return ServerMessage.printable(Array(text.utf8))
    }

    private static func firstErrno(in value: Any, depth: Int) -> Int32? {
        if let error = value as? IOError { return error.errnoCode }
        guard depth > 0 else { return nil }
        for child in Mirror(reflecting: value).children {
            if let code = firstErrno(in: child.value, depth: depth - 1) { return code }
        }
        return nil
    }
}

extension AttemptError.Cause {
    fileprivate init(client error: HTTPClientError) {
        switch error {
        case .readTimeout, .writeTimeout, .deadlineExceeded: self = .stalled
        case .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout:
            self = .unreachable("it did not answer in time")
        case .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
            self = .unreachable("the proxy did not answer in time")
        case .invalidProxyResponse: self = .unreachable("the proxy did not let the connection through")
        case .proxyAuthenticationRequired: self = .final(.proxyLogin)
        case .remoteConnectionClosed, .uncleanShutdown, .requestStreamCancelled, .cancelled:
            self = .cut("the connection was closed")
        case .invalidURL, .emptyHost, .emptyScheme:
            self = .final(.protocolViolation(reason: "a URL that cannot be used"))
        case .alreadyShutdown: self = .cancelled
        default: self = .cut(error.shortDescription)
        }
    }

    /// TLS that does not come about, by what BoringSSL calls it.
    fileprivate init(tls text: String) {
        func has(_ word: String) -> Bool { text.uppercased().contains(word) }
        if has("CERTIFICATE_VERIFY_FAILED") {
            self = .final(
                .untrusted(reason: "its certificate has expired, or is signed by nobody who is trusted here"))
        } else if has("HOSTNAME") {
            self = .final(.untrusted(reason: "its certificate is for another name"))
        } else if has("WRONG_VERSION_NUMBER") || has("HTTP_REQUEST") || has("HTTPS_PROXY_REQUEST") {
            self = .unreachable("it does not speak TLS")
        } else if has("UNCLEANSHUTDOWN") || has("SYSCALL") {
            self = .cut("the connection was closed")
        } else {
            self = .unreachable("no TLS connection came about")
        }
    }
}

extension RegistryError.Problem {
    static let proxyLogin = Self.configuration(
        reason:
            "the proxy asks for a login, or takes none like this: put it into HTTPS_PROXY and HTTP_PROXY, as "
            + "http://user:password@proxy.example:3128")
}
