public import Bytes
public import Digests

/// Why a registry, or a daemon with images, did not do what was asked of it.
///
/// No secret is ever in it: neither passwords nor tokens nor the query of a URL.
public struct RegistryError: Error, Equatable, Sendable {
    /// The registry as the reference names it: `docker.io`; with the mirror asked in its stead in `endpoint`.
    public var registry: String
    /// Scheme, host and port that were asked: `https://registry-1.docker.io`.
    public var endpoint: String?
    /// The image, repository or blob in question, as the user knows it.
    public var reference: String?
    /// The mirrors that were asked before and do not have it.
    public var mirrorsWithout: [String] = []
    /// Where the login that was offered was read from: a file, or a helper.
    public var loginSource: String?
    /// False for a file at a URL: what helps with a registry does not help there.
    public var isRegistry = true
    public let problem: Problem

    public enum Problem: Equatable, Sendable {
        /// No connection: name not found, refused, unreachable, no TLS where there must be.
        case unreachable(reason: String)
        /// The server is not who it should be: its certificate is for another name, or signed by nobody known.
        case untrusted(reason: String)
        /// 401 or 403 after credentials, if there are any, were offered.
        case denied(status: Int, hadCredentials: Bool, message: String)
        /// 404 for what was asked, in words (`manifest not found`), with what the server adds to that.
        case notFound(String, message: String = "")
        /// 429 and 5xx in every attempt.
        case unavailable(status: Int, attempts: Int, message: String)
        /// The connection stalled or was cut in every attempt.
        case interrupted(attempts: Int, reason: String)
        /// What came has another digest than it must have.
        case wrongContent(expected: SHA256Digest, found: SHA256Digest, size: UInt64)
        /// 4xx from the server that the registry redirects to for its blobs, also for a second URL.
        case storageRefused(status: Int, message: String)
        /// Another 4xx: what the registry does not take.
        case refused(status: Int, message: String)
        /// An answer that the specification does not know.
        case protocolViolation(reason: String)
        /// Credentials that cannot be read: a file, or a helper that fails.
        case credentials(reason: String)
        /// A certificate file, mirror or proxy setting that cannot be used.
        case configuration(reason: String)
        /// There is no libcurl that can be used, and so no network.
        case noLibrary(reason: String)
        /// What was received could not be kept, or what was to be sent not be read.
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
