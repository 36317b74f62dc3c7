public import Bytes

/// Why a request got no response, or an incomplete one. The texts are for people and contain no secrets.
public enum HTTPFailure: Error, Equatable, Sendable {
    /// libcurl is missing or unusable.
    case noLibrary(String)
    /// The connection could not be established.
    case unreachable(String)
    /// The certificate of the server or the proxy is not trusted.
    case untrusted(String)
    /// The certificates to trust cannot be used.
    case badCertificates(String)
    /// The proxy requires a login, or rejected it (407).
    case proxyLogin
    /// The connection was lost.
    case cut(String)
    case notHTTP
    /// No bytes were sent or received for longer than the timeout.
    case stalled
    /// The response body is not encoded as its head declares.
    case undecodable(String)
    case invalidRequest(String)
    /// The request body could not be read.
    case unreadableBody(StreamError)
    /// The task was canceled, or the client closed.
    case cancelled
}
