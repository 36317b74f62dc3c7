public import Bytes
public import Digests

/// Why a request to a registry failed.
///
/// Contains no secrets: no passwords, tokens or URL queries.
public struct RegistryError: Error, Equatable, Sendable {
    /// The registry as the reference names it: `docker.io`; a mirror used instead of it is in `endpoint`.
    public var registry: String
    /// Scheme, host and port of the server: `https://registry-1.docker.io`.
    public var endpoint: String?
    /// The image, repository or blob in question, as the user knows it.
    public var reference: String?
    /// Mirrors tried earlier that do not have it.
    public var mirrorsWithout: [String] = []
    /// The source of the login that was used: a file or a helper.
    public var loginSource: String?
    /// False for a file at a URL, to which advice about registries does not apply.
    public var isRegistry = true
    public let problem: Problem

    public enum Problem: Equatable, Sendable {
        /// No connection: host not found, refused, unreachable, TLS missing where required.
        case unreachable(reason: String)
        /// The server's certificate is for another name, or not signed by a trusted authority.
        case untrusted(reason: String)
        /// 401 or 403, after the available credentials, if any, were sent.
        case denied(status: Int, hadCredentials: Bool, message: String)
        /// 404 with a description (`manifest not found`) and the server's message.
        case notFound(String, message: String = "")
        /// 429 and 5xx in every attempt.
        case unavailable(status: Int, attempts: Int, message: String)
        /// The connection stalled or was cut in every attempt.
        case interrupted(attempts: Int, reason: String)
        /// The received content does not match its digest.
        case wrongContent(expected: SHA256Digest, found: SHA256Digest, size: UInt64)
        /// 4xx from the server that the registry redirects to for its blobs, also for a second URL.
        case storageRefused(status: Int, message: String)
        /// Another 4xx: the registry rejects the request.
        case refused(status: Int, message: String)
        /// A response that violates the specification.
        case protocolViolation(reason: String)
        /// Credentials that cannot be read: a file, or a helper that fails.
        case credentials(reason: String)
        /// A certificate file, mirror or proxy setting that cannot be used.
        case configuration(reason: String)
        /// No usable libcurl was found, so there is no network access.
        case noLibrary(reason: String)
        /// Received data could not be stored, or data to send could not be read.
        case stream(StreamError)
        /// The task was canceled, or the client closed.
        case cancelled
    }

    public init(
        registry: String, endpoint: String? = nil, reference: String? = nil, _ problem: Problem
    ) {
        self.registry = registry
        self.endpoint = endpoint
        self.reference = reference
        self.problem = problem
    }
}
