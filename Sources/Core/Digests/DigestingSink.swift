public import Bytes

/// Passes bytes on and knows their count and SHA-256, which another thread computes where there are many.
public struct DigestingSink<Base: ByteSink & ~Copyable>: ~Copyable, ByteSink {
    public private(set) var base: Base
    /// There once there was enough for it to do.
    private var background: BackgroundHasher?
    /// Passed on, not hashed yet: less than a chunk.
    private var pending: [UInt8] = []
    /// Bytes passed on so far.
    public private(set) var count: UInt64 = 0

    public init(_ base: consuming Base) { self.base = base }

    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        try base.write(bytes)
        count += UInt64(bytes.count)
        pending.append(contentsOf: bytes)
        if pending.count >= BackgroundHasher.chunk { handOver() }
    }

    public mutating func writeZeros(_ count: UInt64) throws(StreamError) {
        try base.writeZeros(count)
        self.count += count
        guard count > UInt64(BackgroundHasher.chunk) else {
            pending.append(contentsOf: repeatElement(0, count: Int(count)))
            if pending.count >= BackgroundHasher.chunk { handOver() }
            return
        }
        handOver()
        background?.updateZeros(count)
    }

    private mutating func handOver() {
        let background = self.background ?? BackgroundHasher()
        self.background = background
        if !pending.isEmpty { background.update(pending) }
        pending = []
        pending.reserveCapacity(BackgroundHasher.chunk)
    }

    /// SHA-256 of what was passed on.
    public var digest: SHA256Digest {
        background?.finalize(and: pending) ?? SHA256Digest(hashing: pending)
    }

    /// Gives back the sink below.
    public consuming func finish() -> Base { base }
}
