/// Packs bits from the least significant one of each byte up, as DEFLATE (RFC 1951, section 3.1.1) and Zstandard
/// (RFC 8878, section 4.1) have them.
///
/// The memory it writes to belongs to the encoder, which has made sure that all that is written fits, and eight bytes
/// more.
@frozen public struct BitWriter {
    @usableFromInline var bits: UInt64 = 0
    @usableFromInline var count: UInt64 = 0
    @usableFromInline var position: UnsafeMutableRawPointer

    @inlinable
    public init(at start: UnsafeMutableRawPointer) { position = start }

    /// The first byte that holds no bits yet, once the writer is aligned.
    public var end: UnsafeMutableRawPointer { position }

    /// Adds the low `width` bits of `value`, whose others are zero. Between two flushes there is room for 56 bits.
    @inlinable @inline(__always)
    public mutating func add(_ value: UInt64, width: UInt64) {
        bits |= value &<< count
        count &+= width
    }

    /// Writes out the whole bytes gathered so far.
    @inlinable @inline(__always)
    public mutating func flush() {
        position.storeBytes(of: bits.littleEndian, as: UInt64.self)
        position += Int(truncatingIfNeeded: count &>> 3)
        bits &>>= count & ~7
        count &= 7
    }

    @inlinable
    public mutating func write(_ value: UInt64, width: UInt64) {
        add(value, width: width)
        flush()
    }

    /// Fills up the last byte with zero bits.
    @inlinable
    public mutating func align() {
        count = (count + 7) & ~7
        flush()
    }

    /// Bits in the last byte, 0 to 7.
    public var pending: Int { Int(count) }

    /// Copies whole bytes; the writer must be aligned.
    public mutating func copy(_ bytes: UnsafeRawBufferPointer) {
        if let source = bytes.baseAddress { position.copyMemory(from: source, byteCount: bytes.count) }
        position += bytes.count
    }
}
