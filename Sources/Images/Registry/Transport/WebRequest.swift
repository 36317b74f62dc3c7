internal import AsyncHTTPClient
internal import Bytes
internal import NIOCore
internal import NIOHTTP1

/// One request, as often as it must be sent.
struct WebRequest: Sendable {
    var method: HTTPMethod
    var address: WebAddress
    var headers: HTTPHeaders = [:]
    var body: WebBody?
    /// True if the body is for the first server only.
    var hasSecretBody = false

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

    var client: HTTPClientRequest.Body {
        switch self {
        case .bytes(let bytes): .bytes(ByteBuffer(bytes: bytes))
        case .part(let contents, let range):
            .stream(
                ByteBuffers(contents: contents, range: range), length: .known(Int64(range.count)))
        }
    }
}

/// Bytes read piece by piece, as the connection takes them.
struct ByteBuffers: AsyncSequence, Sendable {
    let contents: any RandomAccessBytes
    let range: Range<UInt64>

    struct AsyncIterator: AsyncIteratorProtocol {
        let contents: any RandomAccessBytes
        var rest: Range<UInt64>

        mutating func next() async throws -> ByteBuffer? {
            guard !rest.isEmpty else { return nil }
            let length = Int(Swift.min(UInt64(rest.count), 256 << 10))
            let bytes: [UInt8]
            do throws(StreamError) {
                bytes = try contents.bytes(at: rest.lowerBound, length: length, of: "a blob to upload")
            } catch { throw UnreadableBody(error: error) }
            rest = rest.lowerBound + UInt64(length)..<rest.upperBound
            return ByteBuffer(bytes: bytes)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(contents: contents, rest: range) }
}

/// What was to be sent could not be read.
struct UnreadableBody: Error {
    let error: StreamError
}
