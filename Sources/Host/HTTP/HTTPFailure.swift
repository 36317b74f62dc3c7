public import Bytes

/// Why a request has no answer, or an answer no end. The words are for people and hold no secret.
public enum HTTPFailure: Error, Equatable, Sendable {
    /// There is no libcurl that could be used.
    case noLibrary(String)
    /// No connection came about.
    case unreachable(String)
    /// The server's certificate, or that of the proxy, is not to be trusted.
    case untrusted(String)
    /// The certificates to trust cannot be used.
    case badCertificates(String)
    /// The proxy wants another login, or one at all (407).
    case proxyLogin
    /// The connection ended.
    case cut(String)
    case notHTTP
    /// Nothing came, and nothing was taken, for longer than allowed.
    case stalled
    /// The answer's body is not encoded as its head says.
    case undecodable(String)
    case invalidRequest(String)
    /// The request's body could not be read.
    case unreadableBody(StreamError)
    /// The task was canceled, or the client closed.
    case cancelled
}
