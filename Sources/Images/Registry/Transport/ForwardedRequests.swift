internal import NIOCore
internal import NIOHTTP1

/// Names the server in the request itself, as proxies want it of plain HTTP (RFC 9112 §3.2.2, absolute-form):
/// many let `CONNECT` through to ports of TLS only, which is all that the client library does with a proxy.
///
/// The server is the one in `Host`. The connection is the proxy's.
final class ForwardedRequests: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .head(var head) = unwrapOutboundIn(data), let host = head.headers.first(name: "host")
        else {
            context.write(data, promise: promise)
            return
        }
        head.uri = "http://\(host)\(head.uri)"
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    /// Puts itself between the client's own handlers and the encoder.
    static func install(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            let encoder = try pipeline.handler(type: HTTPRequestEncoder.self)
            try pipeline.addHandler(ForwardedRequests(), position: .after(encoder))
        }
    }
}
