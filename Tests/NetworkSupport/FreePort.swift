internal import NIOCore
internal import NIOPosix

/// A TCP port of loopback that nobody listens on now.
public enum FreePort {
    public static func next() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in channel.eventLoop.makeSucceededFuture(channel) }
            .channel
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return port
    }
}
