internal import Bytes

/// The parts of an absolute URL that names a server (RFC 3986 §3): what mirrors, proxies and daemons are given
/// as.
struct AddressURL: Hashable, Sendable {
    /// In lower case.
    let scheme: String
    /// Percent-decoded; nil if the URL has none.
    let username: String?
    let password: String?
    let server: HostAndPort
    /// With its leading slash, as written; empty if missing.
    let path: String
    /// True if a query or a fragment follows.
    let hasQuery: Bool

    init?(_ text: some StringProtocol) {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
        let scheme = text[..<colon]
        guard !scheme.isEmpty,
            scheme.utf8.allSatisfy({ (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) })
        else { return nil }
        // White space and control characters are invalid in a URL and indicate a mistake.
        guard text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else { return nil }
        let rest = text[text.index(colon, offsetBy: 3)...]
        let authorityEnd = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        var authority = rest[..<authorityEnd]
        let afterAuthority = rest[authorityEnd...]
        let pathEnd = afterAuthority.firstIndex { "?#".contains($0) } ?? afterAuthority.endIndex

        var username: String?
        var password: String?
        if let at = authority.lastIndex(of: "@") {
            let user = authority[..<at]
            authority = authority[authority.index(after: at)...]
            let separator = user.firstIndex(of: ":") ?? user.endIndex
            guard let name = Self.percentDecoded(user[..<separator]) else { return nil }
            username = name
            if separator < user.endIndex {
                guard let word = Self.percentDecoded(user[user.index(after: separator)...]) else {
                    return nil
                }
                password = word
            }
        }
        // A port left empty is one left out (RFC 3986 §3.2.3).
        if authority.hasSuffix(":") { authority = authority.dropLast() }
        guard let server = HostAndPort(authority) else { return nil }
        self.scheme = scheme.lowercased()
        self.username = username
        self.password = password
        self.server = server
        path = String(afterAuthority[..<pathEnd])
        hasQuery = pathEnd < afterAuthority.endIndex
    }

    /// `text` with `%41` as `A`; nil if a percent sign is not followed by two hexadecimal digits, or what comes
    /// out is not UTF-8.
    private static func percentDecoded(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte != UInt8(ascii: "%") {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst(), let low = rest.popFirst(), high != UInt8(ascii: "+"),
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
