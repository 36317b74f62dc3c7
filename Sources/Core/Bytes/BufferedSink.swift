/// Gathers small writes into large ones. What it was given is complete below only after `finish`.
public struct BufferedSink<Base: ByteSink & ~Copyable>: ByteSink, ~Copyable {
    private var base: Base
    private var buffer: [UInt8] = []
    private let capacity: Int

    public init(_ base: consuming Base, capacity: Int = 128 << 10) {
        self.base = base
        self.capacity = capacity
        buffer.reserveCapacity(capacity)
    }

    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        if buffer.count + bytes.count > capacity { try flush() }
        // What is as large as the buffer gains nothing from passing through it.
        if bytes.count >= capacity { return try base.write(bytes) }
        buffer.append(contentsOf: bytes)
    }

    public mutating func writeZeros(_ count: UInt64) throws(StreamError) {
        if count > UInt64(capacity - buffer.count) {
            try flush()
            return try base.writeZeros(count)
        }
        buffer.append(zeros: Int(count))
    }

    /// Writes what is left and gives back the sink below.
    public consuming func finish() throws(StreamError) -> Base {
        try flush()
        return base
    }

    private mutating func flush() throws(StreamError) {
        guard !buffer.isEmpty else { return }
        try base.write(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
