internal import Glibc
internal import NIOCore
internal import NIOHTTP1

/// One connection of a client, used by the one task that serves it.
final class HTTPConnection {
    typealias ServerChannel = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    private let channel: any Channel
    private var parts: NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    private var hasBody = false

    init(
        _ channel: any Channel, _ inbound: NIOAsyncChannelInboundStream<HTTPServerRequestPart>,
        _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) {
        self.channel = channel
        parts = inbound.makeAsyncIterator()
        self.outbound = outbound
    }

    /// Skips what is left of the last request; nil when the client has gone.
    func nextRequest() async throws -> HTTPRequestHead? {
        while let part = try await parts.next() {
            guard case .head(let head) = part else { continue }
            hasBody = true
            return head
        }
        return nil
    }

    /// Some of the request's body; nil at its end.
    func nextBodyPart() async throws -> ByteBuffer? {
        guard hasBody else { return nil }
        switch try await parts.next() {
        case .body(let buffer): return buffer
        case .end:
            hasBody = false
            return nil
        case .head: throw ConnectionEnd()
        case nil: throw ConnectionEnd()
        }
    }

    func begin(_ status: HTTPResponseStatus, _ headers: HTTPHeaders) async throws {
        try await outbound.write(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
    }

    func write(_ bytes: ByteBuffer) async throws { try await outbound.write(.body(.byteBuffer(bytes))) }

    func end() async throws { try await outbound.write(.end(nil)) }

    /// Sends all of `answer`; to a `HEAD` not its body.
    func send(_ answer: Answer, to method: String) async throws {
        try await begin(HTTPResponseStatus(statusCode: answer.status), answer.httpHeaders)
        if method != "HEAD" { try await write(ByteBuffer(bytes: answer.body)) }
        try await end()
    }

    /// Sends nothing more and waits until the client has gone or the server ends.
    func stall() async throws -> Never {
        while try await parts.next() != nil {}
        throw ConnectionEnd()
    }

    /// Ends the connection with a reset (RST): what is not sent yet is lost.
    func reset() async throws -> Never {
        let atOnce = linger(l_onoff: 1, l_linger: 0)
        try? await (channel as? any SocketOptionProvider)?.setSoLinger(atOnce).get()
        throw ConnectionEnd()
    }
}

/// The connection ends here, on purpose or because the client left.
struct ConnectionEnd: Error {}
