/// The CRC-32 of RFC 1952, section 8 (ISO 3309; polynomial 0xEDB88320, reflected).
public struct CRC32: Sendable {
    private var register: UInt32 = 0xffff_ffff

    public init() {}

    /// The checksum of the bytes so far; 0 for none.
    public var value: UInt32 { ~register }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        register = Self.tables.withUnsafeBufferPointer { tables -> UInt32 in
            guard let tables = tables.baseAddress else { return register }
            return Self.advance(register, start, bytes.count, tables)
        }
    }

    /// The checksum of `bytes`.
    public static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var crc = CRC32()
        crc.update(bytes)
        return crc.value
    }

    /// The checksum of two pieces that follow each other, the second one `length2` bytes long.
    public static func combine(_ crc1: UInt32, _ crc2: UInt32, length2: UInt64) -> UInt32 {
        multiply(power(of: length2), crc1) ^ crc2
    }

    /// Sixteen tables: `tables[k * 256 + b]` is byte `b` followed by `k` zero bytes.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 16 * 256)
        for byte in 0..<256 {
            var remainder = UInt32(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ polynomial : remainder >> 1 }
            tables[byte] = remainder
        }
        for index in 256..<16 * 256 {
            let shorter = tables[index - 256]
            tables[index] = shorter >> 8 ^ tables[Int(shorter & 0xff)]
        }
        return tables
    }()

    private static let polynomial: UInt32 = 0xedb8_8320

    /// Sixteen bytes a step ("slicing by 16"), the rest one by one.
    private static func advance(
        _ register: UInt32, _ start: UnsafeRawPointer, _ count: Int, _ tables: UnsafePointer<UInt32>
    ) -> UInt32 {
        var crc = register
        var bytes = start
        var left = count
        while left >= 16 {
            let a = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) ^ UInt64(crc)
            let b = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            crc = fold(a, tables + 8 * 256) ^ fold(b, tables)
            bytes += 16
            left &-= 16
        }
        while left > 0 {
            crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes.load(as: UInt8.self))) & 0xff)]
            bytes += 1
            left &-= 1
        }
        return crc
    }

    /// Eight bytes, the first of them followed by the most zeros.
    @inline(__always)
    private static func fold(_ word: UInt64, _ tables: UnsafePointer<UInt32>) -> UInt32 {
        let low =
            tables[7 * 256 + Int(word & 0xff)] ^ tables[6 * 256 + Int(word >> 8 & 0xff)]
            ^ tables[5 * 256 + Int(word >> 16 & 0xff)] ^ tables[4 * 256 + Int(word >> 24 & 0xff)]
        let high =
            tables[3 * 256 + Int(word >> 32 & 0xff)] ^ tables[2 * 256 + Int(word >> 40 & 0xff)]
            ^ tables[1 * 256 + Int(word >> 48 & 0xff)] ^ tables[Int(word >> 56)]
        return low ^ high
    }

    /// The product of two polynomials modulo the CRC's, bits reflected.
    private static func multiply(_ left: UInt32, _ right: UInt32) -> UInt32 {
        var product: UInt32 = 0
        var factor = right
        for bit in 0..<32 {
            if left >> UInt32(31 - bit) & 1 == 1 { product ^= factor }
            factor = factor & 1 == 1 ? factor >> 1 ^ polynomial : factor >> 1
        }
        return product
    }

    /// x to the power of eight times `count`: what appending `count` zero bytes multiplies by.
    private static func power(of count: UInt64) -> UInt32 {
        var result: UInt32 = 0x8000_0000
        // x^8, then its repeated squares.
        var square: UInt32 = 0x0080_0000
        var rest = count
        while rest > 0 {
            if rest & 1 == 1 { result = multiply(square, result) }
            square = multiply(square, square)
            rest >>= 1
        }
        return result
    }
}
