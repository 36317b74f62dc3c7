/// A port of the guest that is reachable on the host: `8080:80`, `8080:80/udp`,
/// and with the host's address in front, `127.0.0.1:8080:80`.
public struct PublishedPort: Sendable, Equatable {
    public enum TransportProtocol: String, Sendable {
        case tcp
        case udp
    }

    /// The address on the host, empty for all of them (as in LinuxKit).
    public var address: String
    public var host: UInt16
    public var guest: UInt16
    public var transport: TransportProtocol

    public init(
        address: String = "", host: UInt16, guest: UInt16, transport: TransportProtocol = .tcp
    ) {
        self.address = address
        self.host = host
        self.guest = guest
        self.transport = transport
    }

    public init(parsing text: String) throws(RunOptionError) {
        func refused(_ reason: String) -> RunOptionError {
            RunOptionError(option: "publish", value: text, reason: reason)
        }
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { throw refused("one / at most, before the protocol") }
        var transport = TransportProtocol.tcp
        if halves.count == 2 {
            guard let named = TransportProtocol(rawValue: String(halves[1])) else {
                throw refused("the protocol is tcp or udp")
            }
            transport = named
        }
        let fields = halves[0].split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count == 2 || fields.count == 3 else {
            throw refused("write [ADDRESS:]HOST:GUEST[/PROTOCOL], for example 8080:80")
        }
        let ports = fields.suffix(2).map { UInt16($0) }
        guard let host = ports[0], let guest = ports[1], host > 0, guest > 0 else {
            throw refused("ports are numbers from 1 to 65535")
        }
        let address = fields.count == 3 ? String(fields[0]) : ""
        guard address.utf8.allSatisfy({ $0 == 0x2e || (0x30...0x39).contains($0) }) else {
            throw refused("the address is an IPv4 address")
        }
        self.init(address: address, host: host, guest: guest, transport: transport)
    }

    /// QEMU's `hostfwd` rule.
    var forwardingRule: String { "hostfwd=\(transport.rawValue):\(address):\(host)-:\(guest)" }
}
