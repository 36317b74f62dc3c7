/// An absolute `http` or `https` URL (RFC 3986), as requests go to it and redirects lead from it.
///
/// It describes itself without its query: that is where signatures and upload states are.
struct WebAddress: Hashable, Sendable, CustomStringConvertible {
    var isSecure: Bool
    /// The port is nil for the scheme's own.
    var server: HostAndPort
    /// Begins with a slash.
    var path: String
    /// Without its question mark; nil if missing.
    var query: String?

    init(isSecure: Bool, server: HostAndPort, path: String, query: String? = nil) {
        self.isSecure = isSecure
        self.server = server
        self.path = path
        self.query = query
    }

    /// Nil if it is not such a URL. A fragment and a login are removed.
    init?(_ text: some StringProtocol) {
        guard let url = AddressURL(text), url.scheme == "http" || url.scheme == "https" else { return nil }
        isSecure = url.scheme == "https"
        server = HostAndPort(host: url.server.host, port: url.server.port)
        path = Self.escaped(url.path.isEmpty ? "/" : url.path)
        query = Self.query(of: text)
    }

    /// Where `location` leads from here (RFC 3986 §5.2): a whole URL, `//host/path`, `/path`, `?query`, `path`.
    func resolving(_ location: some StringProtocol) -> WebAddress? {
        guard location.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else { return nil }
        let colon = location.firstIndex(of: ":")
        let firstMark = location.firstIndex { "/?#".contains($0) } ?? location.endIndex
        if let colon, colon < firstMark { return WebAddress(location) }
        if location.hasPrefix("//") { return WebAddress("\(isSecure ? "https" : "http"):\(location)") }
        var result = self
        let pathEnd = location.firstIndex { "?#".contains($0) } ?? location.endIndex
        let relative = location[..<pathEnd]
        let newQuery = Self.query(of: location)
        if relative.isEmpty {
            result.query = newQuery ?? query
            return result
        }
        let base = relative.hasPrefix("/") ? "" : path[...(path.lastIndex(of: "/") ?? path.startIndex)]
        result.path = Self.withoutDots(Self.escaped(base + relative))
        result.query = newQuery
        return result
    }

    /// With `name=value` appended to the existing query.
    func adding(_ items: [(name: String, value: String)]) -> WebAddress {
        var result = self
        let text = Self.form(items)
        result.query = [query, text].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "&")
        return result
    }

    /// `application/x-www-form-urlencoded`, everything escaped that could have a meaning.
    static func form(_ items: [(name: String, value: String)]) -> String {
        items.map { "\(escapedValue($0.name))=\(escapedValue($0.value))" }.joined(separator: "&")
    }

    /// Scheme, host and port: what a login or a token is for.
    var origin: String { "\(isSecure ? "https" : "http")://\(server)" }

    func hasSameOrigin(as other: WebAddress) -> Bool {
        isSecure == other.isSecure && server.host == other.server.host && port == other.port
    }

    /// The port, the scheme's own if none is named.
    var port: Int { server.port ?? (isSecure ? 443 : 80) }

    /// The whole URL: for requests only.
    var url: String { origin + path + (query.map { "?\($0)" } ?? "") }

    var description: String { origin + path }

    private static func query(of text: some StringProtocol) -> String? {
        let end = text.firstIndex(of: "#") ?? text.endIndex
        guard let mark = text[..<end].firstIndex(of: "?") else { return nil }
        return escaped(text[text.index(after: mark)..<end])
    }

    /// Escapes characters that are invalid in a URL; existing escapes are kept (RFC 3986 §2).
    private static func escaped(_ text: some StringProtocol) -> String {
        escaped(text) { isUnreserved($0) || "%!$&'()*+,;=:@/?".utf8.contains($0) }
    }

    private static func escapedValue(_ text: String) -> String { escaped(text, keeping: isUnreserved) }

    private static func escaped(_ text: some StringProtocol, keeping isKept: (UInt8) -> Bool) -> String {
        var bytes: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            if isKept(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: "-._~".utf8.contains(byte)
        }
    }

    /// RFC 3986 §5.2.4.
    private static func withoutDots(_ path: String) -> String {
        guard path.contains("/.") else { return path }
        var parts: [Substring] = []
        let all = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, part) in all.enumerated() {
            let isLast = index == all.count - 1
            switch part {
            case ".": if isLast { parts.append("") }
            case "..":
                _ = parts.popLast()
                if isLast { parts.append("") }
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }
}

extension RegistryEndpoint {
    /// `rest` of the API under `/v2/` of this server (OCI distribution specification, "Endpoints").
    func address(_ rest: String) -> WebAddress {
        WebAddress(isSecure: isSecure, server: HostAndPort(host: host, port: port), path: "/v2/\(rest)")
    }
}
