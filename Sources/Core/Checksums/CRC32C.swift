/// The CRC-32C of RFC 3720, appendix B.4 (Castagnoli; polynomial 0x82F63B78, reflected), byte by byte:
/// what has one, superblocks, is small.
public struct CRC32C: Sendable {
    /// Not inverted at either end: formats differ in that.
    public private(set) var register: UInt32

    public init(register: UInt32 = 0xffff_ffff) { self.register = register }

    /// The checksum of the bytes so far as RFC 3720 defines it; 0 for none.
    public var value: UInt32 { ~register }

    public mutating func update(_ bytes: some Sequence<UInt8>) {
        // Byte by byte through a sequence of any kind takes many times as long.
        let start = register
        if let end = bytes.withContiguousStorageIfAvailable({ Self.updated(start, $0) }) {
            register = end
        } else {
            register = Array(bytes).withUnsafeBufferPointer { Self.updated(start, $0) }
        }
    }

    private static func updated(_ register: UInt32, _ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        table.withUnsafeBufferPointer { table in
            bytes.reduce(register) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
        }
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { remainder, _ in
            remainder & 1 == 1 ? remainder >> 1 ^ 0x82f6_3b78 : remainder >> 1
        }
    }
}
