internal import Bytes

/// A sink that forwards bytes and fails beyond a limit.
struct CappedSink<Base: ByteSink & ~Copyable>: ByteSink, ~Copyable {
    private(set) var base: Base
    private var room: UInt64
    private let limit: UInt64

    /// The name of the data in the error.
    static var what: String { "initrd" }

    init(_ base: consuming Base, limit: UInt64) {
        self.base = base
        self.limit = limit
        room = limit
    }

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        try take(UInt64(bytes.count))
        try base.write(bytes)
    }

    mutating func writeZeros(_ count: UInt64) throws(StreamError) {
        try take(count)
        try base.writeZeros(count)
    }

    /// Returns the underlying sink.
    consuming func finish() -> Base { base }

    private mutating func take(_ count: UInt64) throws(StreamError) {
        guard count <= room else { throw .limitExceeded(what: Self.what, limit: limit) }
        room -= count
    }
}
