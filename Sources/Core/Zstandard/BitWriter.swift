/// Packs bits from the least significant one of each byte up. Decoders read such a stream from its end
/// (RFC 8878, section 4.1.2), so what is read first is written last.
struct BitWriter {
    private var bits: UInt64 = 0
    private var count: UInt64 = 0
    private(set) var next: UnsafeMutableRawPointer

    /// There must be room for all that is written and eight bytes more.
    init(at start: UnsafeMutableRawPointer) { next = start }

    /// Adds the low `width` bits of `value`. Between two flushes there is room for 56 bits.
    @inline(__always)
    mutating func add(_ value: UInt64, width: UInt64) {
        bits |= (value & (1 &<< width &- 1)) &<< count
        count &+= width
    }

    /// The same for a value without other bits.
    @inline(__always)
    mutating func addMasked(_ value: UInt64, width: UInt64) {
        bits |= value &<< count
        count &+= width
    }

    /// Writes out the whole bytes.
    @inline(__always)
    mutating func flush() {
        next.storeBytes(of: bits.littleEndian, as: UInt64.self)
        next += Int(truncatingIfNeeded: count &>> 3)
        bits &>>= count & ~7
        count &= 7
    }

    /// Fills up the last byte with zero bits.
    mutating func align() {
        flush()
        count = (count + 7) & ~7
        flush()
    }

    /// Ends the stream with a bit by which a decoder finds its end.
    mutating func close() {
        add(1, width: 1)
        align()
    }
}
