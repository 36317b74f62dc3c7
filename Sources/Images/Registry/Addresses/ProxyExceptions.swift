/// What `NO_PROXY` says: hosts that are gone to without a proxy.
///
/// The parts between commas are: `*` for all; an address (`10.1.2.3`, `[::1]:80`); a range of them
/// (`10.0.0.0/8`); a host including its subdomains (`example.com`); with a dot or `*.` before it, for
/// those below it only. All but ranges may end with a port, and then count for that port only.
struct ProxyExceptions: Sendable {
    private enum Rule {
        case network(IPNetwork)
        case address(IPAddress, port: Int?)
        /// `suffix` begins with a dot.
        case domain(suffix: String, andItself: Bool, port: Int?)
    }

    private var all = false
    private var rules: [Rule] = []

    init(_ text: String) {
        for part in text.split(separator: ",") {
            let part = part.trimmingWhitespace().lowercased()
            if part == "*" { all = true } else if let rule = Self.rule(part) { rules.append(rule) }
        }
    }

    /// True if `server`, which has a port, is one of them.
    func include(_ server: HostAndPort) -> Bool {
        if all { return true }
        let address = IPAddress(server.host)
        return rules.contains { rule in
            switch rule {
            case .network(let network): address.map(network.contains) == true
            case .address(let other, let port): other == address && Self.matches(port, server)
            case .domain(let suffix, let andItself, let port):
                (server.host.hasSuffix(suffix) || andItself && server.host == suffix.dropFirst())
                    && Self.matches(port, server)
            }
        }
    }

    private static func matches(_ port: Int?, _ server: HostAndPort) -> Bool {
        port == nil || port == server.port
    }

    /// Nil for what can be no host: it excludes nothing.
    private static func rule(_ part: String) -> Rule? {
        if let network = IPNetwork(part) { return .network(network) }
        if let address = IPAddress(part) { return .address(address, port: nil) }
        let host = part.hasPrefix("*.") ? part.dropFirst() : part[...]
        guard let server = HostAndPort(host) else { return nil }
        if let address = IPAddress(server.host) { return .address(address, port: server.port) }
        let andItself = !server.host.hasPrefix(".")
        return .domain(
            suffix: andItself ? ".\(server.host)" : server.host, andItself: andItself, port: server.port)
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    func trimmingWhitespace() -> String {
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
