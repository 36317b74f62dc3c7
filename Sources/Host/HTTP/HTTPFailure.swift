public import Bytes

/// Why a request failed or its response is incomplete. The texts are for people and contain no secrets.
public enum HTTPFailure: Error, Equatable, Sendable {
    /// No usable libcurl was found.
    case noLibrary(String)
    /// No connection could be made.
    case unreachable(String)
    /// The certificate of the server or proxy is not trusted.
    case untrusted(String)
    /// The certificates to trust cannot be used.
    case badCertificates(String)
    /// The proxy requires a login or rejected it (407).
    case proxyLogin
    /// The connection ended.
    case cut(String)
    case notHTTP
    /// Nothing was received or sent for longer than allowed.
    case stalled
    /// The response's body does not match its Content-Encoding.
    case undecodable(String)
    case invalidRequest(String)
    /// The request's body could not be read.
    case unreadableBody(StreamError)
    /// The task was canceled, or the client closed.
    case cancelled
}
