internal import Foundation
internal import Synchronization

/// A proxy for tunnels (RFC 9110, section 9.3.6, CONNECT) that leads every name to loopback, at the port asked for.
/// It ends with its last reference.
public final class TunnelProxy: Sendable {
    private let server: SocketServer
    private let seen: SeenHeads

    private final class SeenHeads: Sendable {
        let heads = Mutex<[String]>([])
    }

    public init() async throws {
        let seen = SeenHeads()
        self.seen = seen
        server = try SocketServer { try? Self.serve($0, seen) }
    }

    public var port: Int { server.port }

    /// `127.0.0.1:PORT`.
    public var name: String { "127.0.0.1:\(port)" }

    /// The heads of the requests so far, as they came.
    public var requests: [String] { seen.heads.withLock { $0 } }

    private static func serve(_ client: Socket, _ seen: SeenHeads) throws {
        var head = ""
        // A client says nothing more before it has the answer.
        while !head.hasSuffix("\r\n\r\n") {
            let bytes = try client.read()
            if bytes.isEmpty { return }
            head += String(decoding: bytes, as: UTF8.self)
        }
        seen.heads.withLock { $0.append(head) }
        let words = head.split(separator: " ")
        guard words.count > 1, words[0] == "CONNECT",
            let port = words[1].split(separator: ":").last.flatMap({ Int($0) })
        else { return try client.write("HTTP/1.1 405 Method Not Allowed\r\n\r\n".utf8) }
        let server = try Socket.connected(to: port)
        try client.write("HTTP/1.1 200 OK\r\n\r\n".utf8)
        Thread.detachNewThread { copy(from: server, to: client) }
        copy(from: client, to: server)
    }

    /// Copies until either side ends, and passes the end on.
    private static func copy(from source: Socket, to target: Socket) {
        while let bytes = try? source.read(), !bytes.isEmpty {
            guard (try? target.write(bytes)) != nil else { break }
        }
        target.endWriting()
    }
}
