internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A proxy for tunnels (RFC 9110, section 9.3.6, CONNECT) that leads every name to loopback, at the port asked for.
/// It ends with its last reference.
public final class TunnelProxy: Sendable {
    public let port: Int
    private let accepting: Task<Void, Never>
    private let seen: SeenHeads

    private typealias Pipe = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private final class SeenHeads: Sendable {
        let heads = Mutex<[String]>([])
    }

    public init() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try Pipe(wrappingChannelSynchronously: channel) }
            }
        port = server.channel.localAddress?.port ?? 0
        let seen = SeenHeads()
        self.seen = seen
        accepting = Task.detached(executorPreference: OwnThreads.shared) {
            await withDiscardingTaskGroup { group in
                try? await server.executeThenClose { connections in
                    for try await connection in connections {
                        group.addTask { try? await Self.serve(connection, seen) }
                    }
                }
                group.cancelAll()
            }
        }
    }

    deinit { accepting.cancel() }

    /// `127.0.0.1:PORT`.
    public var name: String { "127.0.0.1:\(port)" }

    /// The heads of the requests so far, as they came.
    public var requests: [String] { seen.heads.withLock { $0 } }

    private static func serve(_ client: Pipe, _ seen: SeenHeads) async throws {
        try await client.executeThenClose { fromClient, toClient in
            var incoming = fromClient.makeAsyncIterator()
            var head = ""
            // A client says nothing more before it has the answer.
            while !head.hasSuffix("\r\n\r\n"), let bytes = try await incoming.next() {
                head += String(buffer: bytes)
            }
            seen.heads.withLock { $0.append(head) }
            let words = head.split(separator: " ")
            guard words.count > 1, words[0] == "CONNECT",
                let port = words[1].split(separator: ":").last.flatMap({ Int($0) })
            else { return try await toClient.write(ByteBuffer(string: "HTTP/1.1 405 No\r\n\r\n")) }
            let server = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try Pipe(wrappingChannelSynchronously: channel)
                    }
                }
            try await toClient.write(ByteBuffer(string: "HTTP/1.1 200 OK\r\n\r\n"))
            try await server.executeThenClose { fromServer, toServer in
                let answers = Task {
                    for try await bytes in fromServer { try await toClient.write(bytes) }
                }
                while let bytes = try await incoming.next() { try await toServer.write(bytes) }
                answers.cancel()
            }
        }
    }
}
