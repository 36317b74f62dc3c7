internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// An HTTP/1.1 server on a free port of loopback, or on a socket with a path: one task a connection, which takes one
/// request after the other. Ends, and cuts its connections, with its last reference.
final class HTTPListener: Sendable {
    /// 0 for a socket with a path.
    let port: Int
    private let channel: any Channel
    private let accepting: Task<Void, Never>

    /// `handler` answers every request; when it throws the connection is closed.
    init(
        certificate: LoopbackCertificate? = nil, socketPath: String? = nil,
        handler: @escaping @Sendable (HTTPConnection, HTTPRequestHead) async throws -> Void
    ) async throws {
        let context = try certificate.map(Self.context)
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1024)
        let prepare: @Sendable (any Channel) -> EventLoopFuture<HTTPConnection.ServerChannel> = { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                // Requests are taken in turn here; NIO's assistance would hide that a client has gone.
                try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false)
                return try HTTPConnection.ServerChannel(wrappingChannelSynchronously: channel)
            }
        }
        let server =
            if let socketPath {
                try await bootstrap.bind(unixDomainSocketPath: socketPath, childChannelInitializer: prepare)
            } else {
                try await bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .bind(host: "127.0.0.1", port: 0, childChannelInitializer: prepare)
            }
        channel = server.channel
        port = server.channel.localAddress?.port ?? 0
        accepting = Task.detached(executorPreference: OwnThreads.shared) {
            await withDiscardingTaskGroup { group in
                try? await server.executeThenClose { connections in
                    for try await connection in connections {
                        group.addTask { await Self.serve(connection, handler) }
                    }
                }
                group.cancelAll()
            }
        }
    }

    deinit { accepting.cancel() }

    /// Frees the port and cuts every connection.
    func close() async {
        accepting.cancel()
        await accepting.value
    }

    private static func serve(
        _ channel: HTTPConnection.ServerChannel,
        _ handler: @Sendable (HTTPConnection, HTTPRequestHead) async throws -> Void
    ) async {
        try? await channel.executeThenClose { inbound, outbound in
            let connection = HTTPConnection(channel.channel, inbound, outbound)
            // A client that wants no other request closes the connection when all has come; a close from here could
            // overtake what is still on its way.
            while let head = try await connection.nextRequest() { try await handler(connection, head) }
        }
    }

    private static func context(_ certificate: LoopbackCertificate) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(certificate.certificateFile)
        let key = try NIOSSLPrivateKey(file: certificate.keyFile, format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)))
    }
}
