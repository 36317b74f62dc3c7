public import Bytes

/// One request and the way it takes. Nothing is read from the environment.
public struct HTTPRequest: Sendable {
    public var method: HTTPMethod
    /// Absolute, `http` or `https`, without a login.
    public var url: String
    public var headers: HTTPHeaders
    public var body: HTTPBody?
    public var route: Route = .direct
    /// True to undo the Content-Encoding of the answer, if it has one.
    public var decodesContent = false

    public init(_ method: HTTPMethod, _ url: String, headers: HTTPHeaders = [:], body: HTTPBody? = nil) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    public enum Route: Sendable {
        case direct
        /// `url` has a scheme, a host and a port: `http`, `https` or `socks5h`. The login is sent preemptively.
        case proxy(url: String, username: String?, password: String?)
        /// To the socket at this path, ignoring the URL's host.
        case socket(path: String)
    }
}

/// What a request carries, read piece by piece as the connection takes it, from its start again if need be.
public struct HTTPBody: Sendable {
    public let length: UInt64
    /// Exactly `count` bytes from `offset` on.
    let read: @Sendable (_ offset: UInt64, _ count: Int) async throws(StreamError) -> [UInt8]

    public init(
        length: UInt64, read: @escaping @Sendable (UInt64, Int) async throws(StreamError) -> [UInt8]
    ) {
        self.length = length
        self.read = read
    }

    public init(_ bytes: [UInt8]) {
        length = UInt64(bytes.count)
        read = { (offset, count) throws(StreamError) in Array(bytes[Int(offset)...].prefix(count)) }
    }
}
