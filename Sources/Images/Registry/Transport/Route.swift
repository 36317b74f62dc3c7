internal import AsyncHTTPClient
internal import Bytes
internal import NIOHTTP1

/// How requests get to a server.
enum Route: Hashable {
    case straight
    /// Through a connection that the proxy makes and does not look into.
    case tunnel(Proxy)
    /// Plain HTTP, which the proxy repeats to the server.
    case forwarded(by: Proxy)

    init(to address: WebAddress, _ proxies: ProxySettings) throws(AttemptError) {
        do throws(RegistryError) {
            let proxy = try proxies.proxy(
                host: address.server.host, port: address.server.port, isSecure: address.isSecure)
            switch proxy {
            case nil: self = .straight
            case let proxy? where proxy.kind == .http && !address.isSecure: self = .forwarded(by: proxy)
            case let proxy?: self = .tunnel(proxy)
            }
        } catch { throw AttemptError(.final(error.problem)) }
    }

    /// Sets `configuration` up for this route.
    func apply(to configuration: inout HTTPClient.Configuration) throws(AttemptError) {
        switch self {
        case .straight: break
        case .forwarded: configuration.http1_1ConnectionDebugInitializer = ForwardedRequests.install
        case .tunnel(let proxy):
            switch proxy.kind {
            case .http:
                let login = proxy.username.map {
                    HTTPClient.Authorization.basic(username: $0, password: proxy.password ?? "")
                }
                configuration.proxy = .server(host: proxy.host, port: proxy.port, authorization: login)
            case .socks5 where proxy.username == nil:
                configuration.proxy = .socksServer(host: proxy.host, port: proxy.port)
            case .socks5, .https:
                throw AttemptError(
                    .final(
                        .configuration(
                            reason: "the proxy \(proxy): proxies that are spoken to with TLS, and SOCKS "
                                + "proxies with a login, are not supported; name one that begins with http://"
                        )))
            }
        }
    }

    /// `request` as it is sent on this route.
    func message(_ request: WebRequest) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: request.address.url)
        message.method = request.method
        message.headers = request.headers
        message.headers.replaceOrAdd(name: "user-agent", value: "identikit")
        message.body = request.body?.client
        if case .forwarded(let proxy) = self {
            var address = request.address
            address.server = HostAndPort(host: proxy.host, port: proxy.port)
            message.url = address.url
            message.headers.replaceOrAdd(name: "host", value: request.address.server.description)
            if let username = proxy.username {
                let login = Login(username: username, password: proxy.password ?? "")
                message.headers.replaceOrAdd(name: "proxy-authorization", value: login.basic)
            }
        }
        return message
    }

    /// An error on this route says so.
    func failure(_ failure: AttemptError) -> AttemptError {
        guard case .unreachable(let reason) = failure.cause else { return failure }
        switch self {
        case .straight: return failure
        case .tunnel(let proxy), .forwarded(let proxy):
            return AttemptError(.unreachable("through the proxy \(proxy): \(reason)"), origin: failure.origin)
        }
    }
}
