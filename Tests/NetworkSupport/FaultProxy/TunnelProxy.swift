internal import Foundation
internal import Synchronization

/// A proxy for tunnels that leads every name to loopback, at the port asked for. It ends with its last reference.
public final class TunnelProxy: Sendable {
    public enum Kind: Sendable {
        /// CONNECT (RFC 9110, section 9.3.6).
        case connect
        /// SOCKS 5 (RFC 1928), with this login (RFC 1929) if there is one.
        case socks5(username: String? = nil, password: String? = nil)
    }

    public let port: Int
    private let server: SocketServer
    private let terminator: TLSTerminator?
    private let seen: SeenHeads

    private final class SeenHeads: Sendable {
        let heads = Mutex<[String]>([])
    }

    /// With a `certificate`, TLS is spoken to the proxy itself.
    public init(_ kind: Kind = .connect, certificate: LoopbackCertificate? = nil) async throws {
        let seen = SeenHeads()
        self.seen = seen
        server = try SocketServer { client in
            try? Self.serve(client, kind) { head in seen.heads.withLock { $0.append(head) } }
        }
        terminator =
            if let certificate { try await TLSTerminator(certificate, to: server.port) } else { nil }
        port = terminator?.port ?? server.port
    }

    /// `127.0.0.1:PORT`.
    public var name: String { "127.0.0.1:\(port)" }

    /// The heads of the requests so far, as they came; of SOCKS `HOST:PORT` and whose login it was.
    public var requests: [String] { seen.heads.withLock { $0 } }

    private static func serve(_ client: Socket, _ kind: Kind, _ note: (String) -> Void) throws {
        let port: Int?
        let consent: [UInt8]
        switch kind {
        case .connect:
            port = try connectPort(client, note)
            consent = Array("HTTP/1.1 200 OK\r\n\r\n".utf8)
        case .socks5(let username, let password):
            port = try socksPort(client, login: username.map { ($0, password ?? "") }, note)
            consent = [5, 0, 0, 1, 127, 0, 0, 1, 0, 0]
        }
        guard let port else { return }
        let server = try Socket.connected(to: port)
        try client.write(consent)
        Thread.detachNewThread { copy(from: server, to: client) }
        copy(from: client, to: server)
    }

    /// The port that a CONNECT asks for; nil, and an answer, for anything else.
    private static func connectPort(_ client: Socket, _ note: (String) -> Void) throws -> Int? {
        var head = ""
        // A client says nothing more before it has the answer.
        while !head.hasSuffix("\r\n\r\n") {
            let bytes = try client.read()
            if bytes.isEmpty { return nil }
            head += String(decoding: bytes, as: UTF8.self)
        }
        note(head)
        let words = head.split(separator: " ")
        guard words.count > 1, words[0] == "CONNECT",
            let port = words[1].split(separator: ":").last.flatMap({ Int($0) })
        else {
            try client.write("HTTP/1.1 405 Method Not Allowed\r\n\r\n".utf8)
            return nil
        }
        return port
    }

    /// Copies until either side ends, and passes the end on.
    private static func copy(from source: Socket, to target: Socket) {
        while let bytes = try? source.read(), !bytes.isEmpty {
            guard (try? target.write(bytes)) != nil else { break }
        }
        target.endWriting()
    }
}
