internal import Synchronization

/// A server on loopback that answers with bytes as they are given, one answer a connection, which it then closes.
public final class RawServer: Sendable {
    private let server: SocketServer
    private let seen: SeenHeads

    private final class SeenHeads: Sendable {
        let heads = Mutex<[String]>([])
        let answers: Mutex<[[UInt8]]>

        init(_ answers: [[UInt8]]) { self.answers = Mutex(answers) }

        /// The last answer serves all further connections as well.
        func nextAnswer() -> [UInt8] {
            answers.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? [] }
        }
    }

    public init(_ answers: [[UInt8]]) throws {
        let seen = SeenHeads(answers)
        self.seen = seen
        server = try SocketServer { client in
            var head: [UInt8] = []
            while let bytes = try? client.read(), !bytes.isEmpty {
                head += bytes
                // Requests without a body.
                guard head.suffix(4) == Array("\r\n\r\n".utf8)[...] else { continue }
                let text = String(decoding: head, as: UTF8.self)
                seen.heads.withLock { $0.append(text) }
                try? client.write(seen.nextAnswer())
                client.endWriting()
                return
            }
        }
    }

    public convenience init(_ answers: String...) throws { try self.init(answers.map { Array($0.utf8) }) }

    public var port: Int { server.port }
    public var name: String { "127.0.0.1:\(port)" }

    /// The heads of the requests so far, as they came.
    public var requests: [String] { seen.heads.withLock { $0 } }
}
