internal import Bytes
internal import HTTP
internal import Host

/// One request, as often as it must be sent.
struct WebRequest: Sendable {
    var method: HTTPMethod
    var address: WebAddress
    var headers: HTTPHeaders = [:]
    var body: WebBody?
    /// True if the body is for the first server only.
    var hasSecretBody = false
    var coding = ContentCoding.undone()

    init(_ method: HTTPMethod, _ address: WebAddress, headers: HTTPHeaders = [:], body: WebBody? = nil) {
        self.method = method
        self.address = address
        self.headers = headers
        self.body = body
    }
}

/// What a request carries; it can be read again for another attempt.
enum WebBody: Sendable {
    case bytes([UInt8])
    case part(of: any RandomAccessBytes, range: Range<UInt64>)

    var body: HTTPBody {
        switch self {
        case .bytes(let bytes): HTTPBody(bytes)
        case .part(let contents, let range):
            HTTPBody(length: UInt64(range.count)) { (offset, count) throws(StreamError) in
                try await Blocking.run { () throws(StreamError) in
                    try contents.bytes(
                        at: range.lowerBound + offset, length: count, of: "a blob to upload")
                }
            }
        }
    }
}
