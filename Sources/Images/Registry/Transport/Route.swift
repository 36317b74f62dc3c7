internal import HTTP

/// How requests get to a server.
enum Route: Hashable {
    case straight
    case through(Proxy)

    init(to address: WebAddress, _ proxies: ProxySettings) throws(AttemptError) {
        do throws(RegistryError) {
            let proxy = try proxies.proxy(
                host: address.server.host, port: address.server.port, isSecure: address.isSecure)
            self = proxy.map { .through($0) } ?? .straight
        } catch { throw AttemptError(.final(error.problem)) }
    }

    /// `request` as it is sent on this route.
    func message(_ request: WebRequest) -> HTTPRequest {
        var message = HTTPRequest(request.method, request.address.url, headers: request.headers)
        message.headers.replaceOrAdd(name: "user-agent", value: "identikit")
        message.body = request.body?.body
        // What may not be sent twice is decoded at once, if need be.
        message.decodesContent = request.method != .GET && request.coding != .kept
        if case .through(let proxy) = self {
            message.route = .proxy(url: proxy.url, username: proxy.username, password: proxy.password)
        }
        return message
    }

    /// An error on this route says so.
    func failure(_ failure: AttemptError) -> AttemptError {
        guard case .unreachable(let reason) = failure.cause, case .through(let proxy) = self else {
            return failure
        }
        return AttemptError(.unreachable("through the proxy \(proxy): \(reason)"), origin: failure.origin)
    }
}

extension Proxy {
    /// Without a login. Names are looked up by SOCKS proxies, as Go's programs have it.
    fileprivate var url: String {
        "\(kind == .socks5 ? "socks5h" : kind.rawValue)://\(HostAndPort(host: host, port: port))"
    }
}
