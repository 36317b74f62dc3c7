internal import Synchronization

/// A server whose answers a test writes itself, for what no well-behaved registry does. It remembers every request.
public final class ScriptedServer: Sendable {
    public struct Reply: Sendable {
        public var status: Int
        public var headers: [String: String]
        public var body: [UInt8]

        public init(_ status: Int, _ headers: [String: String] = [:], _ body: [UInt8] = []) {
            self.status = status
            self.headers = headers
            self.body = body
        }

        public init(_ status: Int, _ headers: [String: String] = [:], text: String) {
            self.init(status, headers, Array(text.utf8))
        }
    }

    public let port: Int
    private let listener: HTTPListener
    private let recorded: Recorded

    private final class Recorded: Sendable {
        let requests = Mutex<[RecordedRequest]>([])
    }

    /// `script` answers a request with its body; nil cuts the connection.
    public init(
        _ script: @escaping @Sendable (RecordedRequest, [UInt8]) -> Reply?
    ) async throws {
        let recorded = Recorded()
        self.recorded = recorded
        listener = try await HTTPListener { connection, head in
            let request = RecordedRequest(head)
            recorded.requests.withLock { $0.append(request) }
            var body: [UInt8] = []
            while let part = try connection.nextBodyPart() { body += part }
            guard let reply = script(request, body) else { try connection.reset() }
            let headers = reply.headers.map { (name: $0.key, value: $0.value) }
            try connection.send(
                Answer(status: reply.status, headers: headers, body: reply.body), to: request.method)
        }
        port = listener.port
    }

    /// `127.0.0.1:PORT`, the registry's part of a reference.
    public var name: String { "127.0.0.1:\(port)" }
    public var url: String { "http://\(name)" }

    public var requests: [RecordedRequest] { recorded.requests.withLock { $0 } }

    /// The methods of all requests, in order.
    public var methods: [String] { requests.map(\.method) }

    public func close() async { await listener.close() }
}
