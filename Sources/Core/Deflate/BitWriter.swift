/// Packs bits as RFC 1951, section 3.1.1 wants them: from the least significant bit of each byte up.
///
/// The memory it writes to belongs to the encoder, which has made sure that all
/// that is written fits, and eight bytes more.
struct BitWriter {
    private var bits: UInt64 = 0
    private var count: UInt64 = 0
    private var next: UnsafeMutableRawPointer

    init(at start: UnsafeMutableRawPointer) { next = start }

    /// The first byte that holds no bits yet, once the writer is aligned.
    var end: UnsafeMutableRawPointer { next }

    /// Adds the low `width` bits of `value`, whose others are zero. Between two
    /// flushes there is room for 56 bits.
    @inline(__always)
    mutating func add(_ value: UInt64, width: UInt64) {
        bits |= value &<< count
        count &+= width
    }

    /// Writes out the whole bytes gathered so far.
    @inline(__always)
    mutating func flush() {
        next.storeBytes(of: bits.littleEndian, as: UInt64.self)
        next += Int(truncatingIfNeeded: count &>> 3)
        bits &>>= count & ~7
        count &= 7
    }

    mutating func write(_ value: UInt64, width: UInt64) {
        add(value, width: width)
        flush()
    }

    /// Fills up the last byte with zero bits.
    mutating func align() {
        count = (count + 7) & ~7
        flush()
    }

    /// Bits in the last byte, 0 to 7.
    var pending: Int { Int(count) }

    /// Copies whole bytes; the writer must be aligned.
    mutating func copy(_ bytes: UnsafeRawBufferPointer) {
        if let source = bytes.baseAddress { next.copyMemory(from: source, byteCount: bytes.count) }
        next += bytes.count
    }
}
