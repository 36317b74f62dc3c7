internal import Digests

/// What tells a machine from others beside it: the address of its network card, and its UUID.
public struct MachineIdentity: Sendable, Equatable {
    public var macAddress: String
    public var uuid: String

    /// Derived from `seed`, which is another for every machine: the same each time.
    public init(seed: String) {
        var address = Array(SHA256Digest(hashing: "identikit MAC address\0\(seed)").bytes.prefix(6))
        // One station's, locally administered (IEEE 802, 8.4).
        address[0] = address[0] & 0xFC | 0x02
        macAddress = address.map(Self.hex).joined(separator: ":")
        var bytes = Array(SHA256Digest(hashing: "identikit machine UUID\0\(seed)").bytes.prefix(16))
        // Version 8, variant 1 (RFC 9562, 5.8).
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map(Self.hex)
        uuid = [digits[..<4], digits[4..<6], digits[6..<8], digits[8..<10], digits[10...]]
            .map { $0.joined() }.joined(separator: "-")
    }

    private static func hex(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return text.utf8.count == 1 ? "0\(text)" : text
    }

    /// A MAC address as a state directory of ours or LinuxKit's has it; nil if a network card can't have it.
    public static func macAddress(parsing text: String) -> String? {
        let fields = text.trimmed.lowercased().split(
            separator: ":", omittingEmptySubsequences: false)
        guard fields.count == 6, fields.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy(isHex) }),
            let first = UInt8(fields[0], radix: 16), first & 1 == 0
        else { return nil }
        return fields.joined(separator: ":")
    }

    /// A UUID as a state directory has it; nil if `text` is not one.
    public static func uuid(parsing text: String) -> String? {
        let fields = text.trimmed.lowercased().split(separator: "-", omittingEmptySubsequences: false)
        guard fields.map(\.utf8.count) == [8, 4, 4, 4, 12],
            fields.allSatisfy({ $0.utf8.allSatisfy(isHex) })
        else { return nil }
        return fields.joined(separator: "-")
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
