/// Reads HTTP/1.1 messages off a socket, one after the other (RFC 9112). Strict enough for clients and registries
/// that are tested: anything malformed ends the connection.
struct MessageReader {
    private let socket: Socket
    private var buffer: ArraySlice<UInt8> = []
    private var body = BodyLength.none
    /// Bytes of the current chunk that are still to come.
    private var chunkRest = 0

    init(_ socket: Socket) { self.socket = socket }

    /// Skips the rest of the last request's body; nil when the client has gone.
    mutating func nextRequest() throws -> HTTPRequestHead? {
        while try nextBodyPart() != nil {}
        guard let (line, fields) = try head() else { return nil }
        let words = line.split(separator: " ")
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else { throw ConnectionEnd() }
        body = BodyLength(request: fields)
        return HTTPRequestHead(method: String(words[0]), uri: String(words[1]), fields: fields)
    }

    /// The head of the answer to a request with `method`.
    mutating func response(to method: String) throws -> HTTPResponseHead {
        while true {
            guard let (line, fields) = try head() else { throw ConnectionEnd() }
            let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
                throw ConnectionEnd()
            }
            if status < 200 { continue }
            let head = HTTPResponseHead(
                status: status, reason: words.count > 2 ? String(words[2]) : "", fields: fields)
            body = BodyLength(response: head, to: method)
            return head
        }
    }

    /// Some of the body; nil at its end.
    mutating func nextBodyPart() throws -> [UInt8]? {
        switch body {
        case .none: return nil
        case .bytes(let count):
            guard count > 0 else {
                body = .none
                return nil
            }
            let part = try some(atMost: count)
            body = .bytes(count - part.count)
            return part
        case .chunked:
            if chunkRest == 0, try !startChunk() {
                body = .none
                return nil
            }
            let part = try some(atMost: chunkRest)
            chunkRest -= part.count
            if chunkRest == 0, try line() != "" { throw ConnectionEnd() }
            return part
        case .untilEnd:
            if buffer.isEmpty { buffer = try socket.read()[...] }
            defer { buffer = [] }
            if buffer.isEmpty { body = .none }
            return buffer.isEmpty ? nil : Array(buffer)
        }
    }

    /// False after the last chunk and its trailer.
    private mutating func startChunk() throws -> Bool {
        let text = try line().split(separator: ";", omittingEmptySubsequences: false).first ?? ""
        guard let size = Int(text, radix: 16), size >= 0 else { throw ConnectionEnd() }
        chunkRest = size
        if size == 0 { while try line() != "" {} }
        return size > 0
    }

    /// The first line and the fields; nil if the connection ends before it.
    private mutating func head() throws -> (line: String, fields: HTTPFields)? {
        if buffer.isEmpty {
            buffer = try socket.read()[...]
            if buffer.isEmpty { return nil }
        }
        let first = try line()
        var fields = HTTPFields()
        while true {
            let text = try line()
            if text.isEmpty { return (first, fields) }
            guard let colon = text.firstIndex(of: ":") else { throw ConnectionEnd() }
            let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            fields.all.append((name: String(text[..<colon]), value: String(value)))
        }
    }

    /// Up to a line feed, without the line's end.
    private mutating func line() throws -> String {
        var searched = buffer.startIndex
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                var text = buffer[..<end]
                if text.last == UInt8(ascii: "\r") { text.removeLast() }
                buffer = buffer[(end + 1)...]
                return String(decoding: text, as: UTF8.self)
            }
            searched = buffer.endIndex
            let more = try socket.read()
            guard !more.isEmpty, buffer.count < 1 << 20 else { throw ConnectionEnd() }
            buffer += more
        }
    }

    private mutating func some(atMost limit: Int) throws -> [UInt8] {
        if buffer.isEmpty { buffer = try socket.read()[...] }
        if buffer.isEmpty { throw ConnectionEnd() }
        let part = Array(buffer.prefix(limit))
        buffer = buffer.dropFirst(part.count)
        return part
    }

    /// Returns when the other side has gone; what comes before is dropped.
    mutating func waitForEnd() {
        while let more = try? socket.read(), !more.isEmpty {}
    }
}

/// The connection ends here, on purpose or because the client left.
struct ConnectionEnd: Error {}
