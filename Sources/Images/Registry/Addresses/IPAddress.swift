/// An IPv4 or IPv6 address as text has it (RFC 4291 §2.2): 16 bytes, IPv4 in its IPv6 form (`::ffff:a.b.c.d`),
/// so that both ways to write one address are equal.
struct IPAddress: Hashable, Sendable {
    private(set) var bytes: [UInt8]

    private static let ipv4Prefix: [UInt8] = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]

    /// Nil if `text` is not an address: zones (`fe80::1%eth0`) and leading zeros are invalid, as in Go.
    init?(_ text: some StringProtocol) {
        guard let bytes = text.contains(":") ? Self.ipv6(text) : Self.ipv4(text).map({ Self.ipv4Prefix + $0 })
        else { return nil }
        self.bytes = bytes
    }

    var isIPv4: Bool { bytes.starts(with: Self.ipv4Prefix) }

    /// 127.0.0.0/8 and ::1.
    var isLoopback: Bool {
        isIPv4 ? bytes[12] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    private static func ipv4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let byte = UInt8(part),
                part.count == 1 || !part.hasPrefix("0")
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func ipv6(_ text: some StringProtocol) -> [UInt8]? {
        guard let gap = text.firstDoubleColon else {
            let groups = groups(text)
            return groups?.count == 16 ? groups : nil
        }
        let head = text[..<gap.lowerBound]
        let tail = text[gap.upperBound...]
        guard let start = head.isEmpty ? [] : groups(head), let end = tail.isEmpty ? [] : groups(tail),
            start.count + end.count <= 14, !head.contains(".")
        else { return nil }
        return start + [UInt8](repeating: 0, count: 16 - start.count - end.count) + end
    }

    /// Groups of up to four hexadecimal digits between colons, the last of which may be an IPv4 address.
    private static func groups(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(".") {
                guard let last = ipv4(part) else { return nil }
                bytes += last
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.first != UInt8(ascii: "+"),
                    let group = UInt16(part, radix: 16)
                else { return nil }
                bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
            }
        }
        return bytes
    }
}

extension StringProtocol {
    fileprivate var firstDoubleColon: Range<Index>? {
        var previous: Index?
        for index in indices {
            if self[index] == ":", let before = previous, self[before] == ":" {
                return before..<self.index(after: index)
            }
            previous = index
        }
        return nil
    }
}

/// A range of addresses (RFC 4632): `10.0.0.0/8`, `fd00::/8`.
struct IPNetwork: Hashable, Sendable {
    private let address: IPAddress
    private let prefixLength: Int

    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(parts[0]),
            parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(parts[1])
        else { return nil }
        // The length counts bits of the form that is written.
        let isShort = !parts[0].contains(":")
        guard length <= (isShort ? 32 : 128) else { return nil }
        self.address = address
        prefixLength = isShort ? length + 96 : length
    }

    func contains(_ other: IPAddress) -> Bool {
        for (index, (own, theirs)) in zip(address.bytes, other.bytes).enumerated() {
            let bits = min(8, max(0, prefixLength - 8 * index))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            if own & mask != theirs & mask { return false }
        }
        return true
    }
}
