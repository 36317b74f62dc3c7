public import Bytes

/// Passes bytes on and knows their count and SHA-256.
public struct DigestingSink<Base: ByteSink & ~Copyable>: ~Copyable, ByteSink {
    public private(set) var base: Base
    private var hasher = SHA256Hasher()
    /// Bytes passed on so far.
    public private(set) var count: UInt64 = 0

    public init(_ base: consuming Base) { self.base = base }

    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        try base.write(bytes)
        hasher.update(bytes)
        count += UInt64(bytes.count)
    }

    public mutating func writeZeros(_ count: UInt64) throws(StreamError) {
        try base.writeZeros(count)
        try hasher.writeZeros(count)
        self.count += count
    }

    /// SHA-256 of what was passed on.
    public var digest: SHA256Digest { hasher.finalize() }

    /// Gives back the sink below.
    public consuming func finish() -> Base { base }
}
