/// The CRC-32C of RFC 3720, appendix B.4 (Castagnoli; polynomial 0x82F63B78, reflected), byte by byte:
/// what has one, superblocks, is small.
public struct CRC32C: Sendable {
    /// Not inverted at either end: formats differ in that.
    public private(set) var register: UInt32

    public init(register: UInt32 = 0xffff_ffff) { self.register = register }

    /// The checksum of the bytes so far as RFC 3720 defines it; 0 for none.
    public var value: UInt32 { ~register }

    public mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            register = register >> 8 ^ Self.table[Int(UInt8(truncatingIfNeeded: register) ^ byte)]
        }
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { remainder, _ in
            remainder & 1 == 1 ? remainder >> 1 ^ 0x82f6_3b78 : remainder >> 1
        }
    }
}
