internal import NIOCore
internal import NIOPosix

/// A TCP proxy in front of any server of loopback, TLS or not: cuts or stalls connections by their number.
/// It ends with its last reference.
public final class CuttingProxy: Sendable {
    /// What happens to a connection after so many bytes from the server.
    public enum Cut: Sendable {
        case close(after: Int)
        case stall(after: Int)
    }

    public let port: Int
    private let accepting: Task<Void, Never>

    private typealias Pipe = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// `cut` says what happens to connection `number`, from 0; nil: nothing.
    public init(to target: Int, cut: @escaping @Sendable (_ number: Int) -> Cut?) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try Pipe(wrappingChannelSynchronously: channel) }
            }
        port = server.channel.localAddress?.port ?? 0
        accepting = Task.detached(executorPreference: OwnThreads.shared) {
            await withDiscardingTaskGroup { group in
                try? await server.executeThenClose { connections in
                    var number = 0
                    for try await connection in connections {
                        let fate = cut(number)
                        number += 1
                        group.addTask { try? await Self.serve(connection, target, fate) }
                    }
                }
                group.cancelAll()
            }
        }
    }

    deinit { accepting.cancel() }

    /// `127.0.0.1:PORT`.
    public var name: String { "127.0.0.1:\(port)" }

    /// Frees the port and cuts every connection.
    public func close() async {
        accepting.cancel()
        await accepting.value
    }

    private static func serve(_ client: Pipe, _ target: Int, _ cut: Cut?) async throws {
        let server = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: target) { channel in
                channel.eventLoop.makeCompletedFuture { try Pipe(wrappingChannelSynchronously: channel) }
            }
        try await client.executeThenClose { fromClient, toClient in
            try await server.executeThenClose { fromServer, toServer in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for try await bytes in fromClient { try await toServer.write(bytes) }
                    }
                    group.addTask { try await pass(fromServer, toClient, cut) }
                    // Whichever side ends first ends both.
                    try await group.next()
                    group.cancelAll()
                }
            }
        }
    }

    private static func pass(
        _ source: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ target: NIOAsyncChannelOutboundWriter<ByteBuffer>, _ cut: Cut?
    ) async throws {
        var passed = 0
        for try await bytes in source {
            let limit: Int
            switch cut {
            case .close(let after), .stall(let after): limit = after
            case nil: limit = .max
            }
            var bytes = bytes
            let piece = bytes.readSlice(length: min(bytes.readableBytes, limit - passed)) ?? ByteBuffer()
            try await target.write(piece)
            passed += piece.readableBytes
            guard bytes.readableBytes > 0 else { continue }
            // Until the client goes, or this proxy.
            if case .stall = cut { while true { try await Task.sleep(for: .seconds(3600)) } }
            return
        }
    }
}
