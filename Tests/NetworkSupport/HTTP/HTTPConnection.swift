/// One connection of a client, used by the one thread that serves it.
final class HTTPConnection {
    private let socket: Socket
    private var reader: MessageReader
    private var expectsContinue = false
    private var isChunked = false

    init(_ socket: Socket) {
        self.socket = socket
        reader = MessageReader(socket)
    }

    /// Skips what is left of the last request; nil when the client has gone.
    func nextRequest() throws -> HTTPRequestHead? {
        // A client that was answered without it sends no body then.
        if expectsContinue { throw ConnectionEnd() }
        let head = try reader.nextRequest()
        expectsContinue = head?.fields["Expect"]?.lowercased() == "100-continue"
        return head
    }

    /// Some of the request's body; nil at its end.
    func nextBodyPart() throws -> [UInt8]? {
        if expectsContinue {
            expectsContinue = false
            try socket.write("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        }
        return try reader.nextBodyPart()
    }

    /// Sends the head of the answer to a request with `method`; a body without a length goes in chunks.
    func begin(_ status: Int, _ fields: HTTPFields, to method: String) throws {
        var fields = fields
        let head = HTTPResponseHead(status: status, reason: "", fields: fields)
        if case .untilEnd = BodyLength(response: head, to: method) {
            fields.replace("Transfer-Encoding", "chunked")
        }
        isChunked = fields["Transfer-Encoding"] != nil
        try socket.write("HTTP/1.1 \(status) \(Self.reason(status))\r\n\(fields.encoded)\r\n".utf8)
    }

    func write(_ bytes: [UInt8]) throws {
        guard isChunked else { return try socket.write(bytes) }
        guard !bytes.isEmpty else { return }
        try socket.write(Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8))
    }

    func end() throws {
        if isChunked { try socket.write("0\r\n\r\n".utf8) }
        isChunked = false
    }

    /// Sends all of `answer`; to a `HEAD` not its body.
    func send(_ answer: Answer, to method: String) throws {
        try begin(answer.status, answer.fields, to: method)
        if method != "HEAD" { try write(answer.body) }
        try end()
    }

    /// Sends nothing more and waits until the client has gone or the server ends.
    func stall() throws -> Never {
        reader.waitForEnd()
        throw ConnectionEnd()
    }

    /// Ends the connection with a reset (RST): what is not sent yet is lost.
    func reset() throws -> Never {
        socket.resetOnClose()
        throw ConnectionEnd()
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 404: "Not Found"
        case 500: "Internal Server Error"
        default: "Status"
        }
    }
}
