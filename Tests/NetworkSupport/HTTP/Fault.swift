/// What a server does wrong.
public enum Fault: Sendable {
    /// Answers with this status and nothing else; `retryAfter` is the header's value.
    case status(Int, retryAfter: String? = nil)
    /// Answers with this status and this body.
    case answer(Int, [UInt8])
    /// Resets the connection (RST) after so many bytes of the answer's body; 0 is before its head.
    case reset(after: Int)
    /// Closes the connection after so many bytes of the body, as if they were all; 0 is before its head.
    case close(after: Int)
    /// Sends nothing more after so many bytes of the body, until the client goes; 0 is before its head.
    case stall(after: Int)
    /// Sends so many bytes at a time, with pauses.
    case drip(bytes: Int, pause: Duration)
    /// Changes the byte at this offset of the answer's body.
    case corrupt(at: Int)
    /// Answers with another body, its length told as it is.
    case body([UInt8])
    /// Answers with this header; without it if the value is nil.
    case header(String, String?)
    /// Sends all with 200 where a range was asked for.
    case ignoreRange
    /// 416.
    case rangeNotSatisfiable
    /// Sends the client elsewhere.
    case redirect(String, status: Int = 307)
    /// Sends the client (301) to where it is.
    case redirectLoop
    /// 401 with the challenge: the token that came is good no more.
    case expiredToken
    /// Takes so many bytes of the request's body (an upload keeps them), then resets the connection.
    case cutRequest(after: Int)
}

/// Which requests a fault is for.
public struct RequestPattern: Sendable {
    /// Nil: every method.
    public var method: String?
    /// The path has all of these in it.
    public var parts: [String]
    /// Only requests with this header.
    public var header: String?

    public init(method: String? = nil, path parts: String..., header: String? = nil) {
        self.method = method
        self.parts = parts
        self.header = header
    }

    public static let all = RequestPattern()
    public static let blobs = RequestPattern(method: "GET", path: "/blobs/sha256:")
    public static let manifests = RequestPattern(method: "GET", path: "/manifests/")
    public static let tokens = RequestPattern(path: "/token")
    public static func blob(_ digest: String) -> RequestPattern {
        RequestPattern(method: "GET", path: "/blobs/\(digest)")
    }

    func matches(_ request: RecordedRequest) -> Bool {
        if let method, method != request.method { return false }
        if let header, request.header(header) == nil { return false }
        return parts.allSatisfy { request.path.contains($0) }
    }
}

/// Faults to come, each for some of the requests that match.
struct FaultList: Sendable {
    private struct Entry {
        let fault: Fault
        let pattern: RequestPattern
        var skip: Int
        var times: Int
    }

    private var entries: [Entry] = []

    mutating func add(_ fault: Fault, _ pattern: RequestPattern, skip: Int, times: Int) {
        entries.append(Entry(fault: fault, pattern: pattern, skip: skip, times: times))
    }

    mutating func removeAll() { entries = [] }

    /// The first that is for `request`; every one that matches counts it.
    mutating func next(for request: RecordedRequest) -> Fault? {
        for index in entries.indices where entries[index].times > 0 && entries[index].pattern.matches(request)
        {
            if entries[index].skip > 0 {
                entries[index].skip -= 1
                continue
            }
            entries[index].times -= 1
            return entries[index].fault
        }
        return nil
    }
}
