/// Which proxy to go through, from `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, each also in lower case, read as
/// Go's programs (LinuxKit, Docker, skopeo) read them: golang.org/x/net/http/httpproxy. `ALL_PROXY` is not
/// among them.
public struct ProxySettings: Sendable {
    private let secure: Setting?
    private let plain: Setting?
    private let exceptions: ProxyExceptions

    private struct Setting {
        let name: String
        let value: String
    }

    /// No proxy for anything.
    public init() { self.init { _ in nil } }

    /// Reads the settings out of `environment`, which has the value of a variable.
    public init(environment: (String) -> String?) {
        func setting(_ names: String...) -> Setting? {
            for name in names {
                if let value = environment(name), !value.isEmpty { return Setting(name: name, value: value) }
            }
            return nil
        }
        secure = setting("HTTPS_PROXY", "https_proxy")
        plain = setting("HTTP_PROXY", "http_proxy")
        exceptions = ProxyExceptions(setting("NO_PROXY", "no_proxy")?.value ?? "")
    }

    /// The proxy to go through to `endpoint`; nil to go straight there, as always to this machine.
    ///
    /// Throws a `configuration` error that names the variable if it does not hold a proxy's address.
    public func proxy(for endpoint: RegistryEndpoint) throws(RegistryError) -> Proxy? {
        try proxy(host: endpoint.host, port: endpoint.port, isSecure: endpoint.isSecure)
    }

    /// The proxy to go through to `host`, which is a name or an address without brackets.
    public func proxy(host: String, port: Int?, isSecure: Bool) throws(RegistryError) -> Proxy? {
        guard let setting = isSecure ? secure : plain else { return nil }
        let server = HostAndPort(host: host.lowercased(), port: port ?? (isSecure ? 443 : 80))
        guard !server.isLoopback, !exceptions.include(server) else { return nil }
        guard let proxy = Proxy(setting.value) else {
            // The value may have a password in it.
            throw RegistryError(
                registry: host,
                .configuration(
                    reason: "the environment variable \(setting.name) is not the address of a proxy; "
                        + "write it as http://proxy.example:3128"))
        }
        return proxy
    }
}

/// A proxy with what it needs to know.
public struct Proxy: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// Plain HTTP to the proxy.
        case http
        /// TLS to the proxy.
        case https
        case socks5
    }

    public let kind: Kind
    /// Without brackets if it is an IPv6 address.
    public let host: String
    public let port: Int
    public let username: String?
    public let password: String?

    /// Without credentials.
    public var description: String { "\(kind.rawValue)://\(HostAndPort(host: host, port: port))" }

    /// Reads `http://user:password@proxy.example:3128`; what has no scheme is plain HTTP.
    init?(_ text: String) {
        guard let url = AddressURL(text.contains("://") ? text : "http://\(text)"),
            ["http", "https", "socks5", "socks5h"].contains(url.scheme)
        else { return nil }
        kind = url.scheme == "socks5h" ? .socks5 : Kind(rawValue: url.scheme) ?? .http
        host = url.server.host
        port = url.server.port ?? (kind == .http ? 80 : kind == .https ? 443 : 1080)
        username = url.username
        password = url.password
    }
}
