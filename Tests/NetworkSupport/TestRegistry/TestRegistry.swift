internal import Synchronization

/// A registry in memory (OCI distribution specification 1.1) that does wrong what it is told to, and remembers
/// every request. It ends with its last reference.
public final class TestRegistry: Sendable {
    public struct Options: Sendable {
        /// Serves TLS with a certificate of its own.
        public var isSecure = false
        /// Asks for this login with basic authentication.
        public var login: (username: String, password: String)?
        /// Asks for tokens, which it gives itself at `/token`.
        public var tokens: TokenRules?
        /// Knows the referrers API; else 404, as registries before 1.1.
        public var hasReferrers = true
        /// Mounts blobs from other repositories; else it wants an upload.
        public var mounts = true
        /// Names a page of a list of tags; nil for all at once.
        public var tagsPerPage: Int?
        /// Blobs are fetched from this server, by a redirect to its `/storage`.
        public var blobStorage: TestRegistry?
        /// The host name in redirects to this server and in the realm: `127.0.0.1` or `localhost`.
        public var host = "127.0.0.1"
        /// Locations of uploads are paths, not URLs.
        public var relativeURLs = false

        public init() {}
    }

    public let options: Options
    public let certificate: LoopbackCertificate?
    public let port: Int
    private let listener: HTTPListener
    private let service: RegistryService

    public init(_ options: Options = Options()) async throws {
        self.options = options
        certificate = options.isSecure ? try LoopbackCertificate() : nil
        let service = RegistryService(options)
        self.service = service
        listener = try await HTTPListener(certificate: certificate) { connection, head in
            try service.serve(connection, head)
        }
        port = listener.port
        service.url.withLock { [port] in
            $0 = "\(options.isSecure ? "https" : "http")://\(options.host):\(port)"
        }
    }

    /// `127.0.0.1:PORT`, the registry's part of a reference.
    public var name: String { "\(options.host):\(port)" }
    public var url: String { service.url.withLock { $0 } }

    /// Frees the port and cuts every connection.
    public func close() async { await listener.close() }

    /// Does `fault` with the next `times` requests that match, after `skip` of them. Faults are tried in the order
    /// they came.
    public func inject(_ fault: Fault, into pattern: RequestPattern, skip: Int = 0, times: Int = 1) {
        service.state.withLock { $0.faults.add(fault, pattern, skip: skip, times: times) }
    }

    public func removeFaults() { service.state.withLock { $0.faults.removeAll() } }

    /// Every request so far, in the order they came.
    public var requests: [RecordedRequest] { service.state.withLock { $0.requests } }

    public func requests(_ pattern: RequestPattern) -> [RecordedRequest] {
        requests.filter(pattern.matches)
    }

    public func forgetRequests() { service.state.withLock { $0.requests = [] } }

    /// Every token that was given: what must appear in no output.
    public var issuedTokens: [String] { service.state.withLock { $0.tokens.issued } }

    /// The tokens given so far are good for nothing any more.
    public func expireTokens() { service.state.withLock { $0.tokens.expireAll() } }

    /// What is stored: see `RegistryContents`.
    public func withContents<Result: Sendable>(
        _ body: (inout RegistryContents) throws -> sending Result
    ) rethrows -> Result {
        try service.state.withLock { try body(&$0.contents) }
    }
}
