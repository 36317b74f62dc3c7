/// The Adler-32 checksum of RFC 1950, section 8.2.
public struct Adler32: Sendable {
    private var low: UInt32 = 1
    private var high: UInt32 = 0

    public init() {}

    /// The checksum of the bytes so far; 1 for none.
    public var value: UInt32 { high << 16 | low }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard var next = bytes.baseAddress else { return }
        var left = bytes.count
        var (a, b) = (low, high)
        while left > 0 {
            // As many bytes as cannot overflow 32 bits before the division.
            let batch = Swift.min(left, 5552)
            for _ in 0..<batch {
                a &+= UInt32(next.load(as: UInt8.self))
                b &+= a
                next += 1
            }
            a %= 65521
            b %= 65521
            left &-= batch
        }
        (low, high) = (a, b)
    }

    /// The checksum of `bytes`.
    public static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var adler = Adler32()
        adler.update(bytes)
        return adler.value
    }
}
