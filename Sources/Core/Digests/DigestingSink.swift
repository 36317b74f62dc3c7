public import Bytes

/// Passes bytes on and knows their count and SHA-256, which another thread computes where there are many.
public struct DigestingSink<Base: ByteSink & ~Copyable>: ~Copyable, ByteSink {
    public private(set) var base: Base
    /// There once there was enough for it to do.
    private var background: BackgroundHasher?
    /// Passed on, not hashed yet: less than a chunk.
    private var pending = BackgroundHasher.Chunk()
    /// Bytes in it.
    private var pendingCount = 0
    /// Bytes passed on so far.
    public private(set) var count: UInt64 = 0

    public init(_ base: consuming Base) { self.base = base }

    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        try base.write(bytes)
        count += UInt64(bytes.count)
        var rest = bytes
        while !rest.isEmpty {
            let step = min(rest.count, BackgroundHasher.Chunk.capacity - pendingCount)
            pending.append(UnsafeRawBufferPointer(rebasing: rest[..<step]))
            didAppend(step)
            rest = UnsafeRawBufferPointer(rebasing: rest[step...])
        }
    }

    public mutating func writeZeros(_ count: UInt64) throws(StreamError) {
        try base.writeZeros(count)
        self.count += count
        guard count > UInt64(BackgroundHasher.Chunk.capacity - pendingCount) else {
            pending.append(repeatElement(0, count: Int(count)))
            return didAppend(Int(count))
        }
        handOver()
        background?.updateZeros(count)
    }

    private mutating func didAppend(_ count: Int) {
        pendingCount += count
        if pendingCount >= BackgroundHasher.Chunk.capacity { handOver() }
    }

    private mutating func handOver() {
        let background = self.background ?? BackgroundHasher()
        self.background = background
        if pendingCount > 0 { pending = background.update(pending) }
        pendingCount = 0
    }

    /// SHA-256 of what was passed on.
    public var digest: SHA256Digest { background?.finalize(and: pending) ?? pending.digest }

    /// Gives back the sink below.
    public consuming func finish() -> Base { base }
}
