/// A host with or without a port, as registries and URLs have it: `localhost:5000`, `ghcr.io`, `[::1]:5000`.
struct HostAndPort: Hashable, Sendable, CustomStringConvertible {
    /// In lower case; an IPv6 address without its brackets.
    let host: String
    /// 1 to 65535.
    let port: Int?

    init(host: String, port: Int?) {
        self.host = host
        self.port = port
    }

    /// Nil if `text` is malformed: characters that no host has, brackets around anything but an IPv6 address, a port
    /// out of range.
    init?(_ text: some StringProtocol) {
        var host = text[...]
        var port: Int?
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            let digits = text[text.index(after: colon)...]
            guard (1...5).contains(digits.utf8.count),
                digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(digits), (1...65535).contains(number)
            else { return nil }
            host = text[..<colon]
            port = number
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":"), IPAddress(host) != nil else { return nil }
        } else {
            guard !host.isEmpty, host.utf8.allSatisfy(Self.isHostByte) else { return nil }
        }
        self.init(host: host.lowercased(), port: port)
    }

    var description: String {
        (host.contains(":") ? "[\(host)]" : host) + (port.map { ":\($0)" } ?? "")
    }

    /// Known to be this machine without asking anybody: `localhost`, 127.0.0.0/8, ::1.
    var isLoopback: Bool { host == "localhost" || IPAddress(host)?.isLoopback == true }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
