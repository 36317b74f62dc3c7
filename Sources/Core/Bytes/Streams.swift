/// Bytes that come one after the other.
public protocol ByteSource {
    /// Fills the front of `buffer` and returns how many bytes it wrote there;
    /// 0 means the end, and only the end, unless `buffer` is empty.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int
}

/// Takes bytes one after the other. A file that must be committed once is not copyable.
public protocol ByteSink: ~Copyable {
    /// Takes all of `bytes` or throws.
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError)
    /// Takes `count` zero bytes. Files leave a hole, which takes no room.
    mutating func writeZeros(_ count: UInt64) throws(StreamError)
}

/// Bytes of a known count that can be read anywhere, from any thread.
public protocol RandomAccessBytes: Sendable {
    var count: UInt64 { get }
    /// Fills the front of `buffer` from `offset` on and returns how many bytes
    /// it wrote there: fewer than asked only at the end.
    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int
}

extension ByteSink where Self: ~Copyable {
    public mutating func write(_ bytes: [UInt8]) throws(StreamError) {
        // `withUnsafeBytes` cannot carry a typed error, so it carries a result.
        let result = bytes.withUnsafeBytes { buffer -> Result<Void, StreamError> in
            do throws(StreamError) { return .success(try write(buffer)) } catch { return .failure(error) }
        }
        try result.get()
    }

    public mutating func write(_ bytes: ByteString) throws(StreamError) { try write(bytes.bytes) }

    public mutating func writeZeros(_ count: UInt64) throws(StreamError) {
        let zeros = [UInt8](repeating: 0, count: Int(min(count, 256 << 10)))
        var left = count
        while left > 0 {
            let step = min(left, UInt64(zeros.count))
            try write(step == UInt64(zeros.count) ? zeros : Array(zeros[..<Int(step)]))
            left -= step
        }
    }
}

extension ByteSource {
    /// Fills all of `buffer`; false if the source was at its end, an error if it ends midway.
    public mutating func readExactly(
        into buffer: UnsafeMutableRawBufferPointer, of what: String, at offset: UInt64
    ) throws(StreamError) -> Bool {
        var filled = 0
        while filled < buffer.count {
            let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if count == 0 {
                if filled == 0 { return false }
                throw .unexpectedEnd(of: what, offset: offset + UInt64(filled))
            }
            filled += count
        }
        return true
    }

    /// Writes everything up to the end to `sink` and returns how many bytes that were.
    @discardableResult
    public mutating func copy(to sink: inout some ByteSink & ~Copyable) throws(StreamError) -> UInt64 {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { chunk.deallocate() }
        var total: UInt64 = 0
        while true {
            let count = try read(into: chunk)
            if count == 0 { return total }
            try sink.write(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
            total += UInt64(count)
        }
    }

    /// Everything up to the end, refused beyond `limit` bytes.
    public mutating func readAll(limit: Int, of what: String) throws(StreamError) -> [UInt8] {
        var all: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let count = try read(into: chunk)
            if count == 0 { return all }
            if all.count + count > limit { throw .limitExceeded(what: what, limit: UInt64(limit)) }
            all.append(contentsOf: chunk[..<count])
        }
    }
}

extension RandomAccessBytes {
    /// `length` bytes from `offset` on; an error if there are fewer.
    public func bytes(at offset: UInt64, length: Int, of what: String) throws(StreamError) -> [UInt8] {
        guard length > 0 else { return [] }
        var failure: StreamError?
        let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, initialized in
            do throws(StreamError) {
                initialized = try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
            } catch { failure = error }
        }
        if let failure { throw failure }
        if bytes.count < length { throw .unexpectedEnd(of: what, offset: offset + UInt64(bytes.count)) }
        return bytes
    }
}

/// A source over bytes in memory.
public struct ByteArraySource: ByteSource {
    private let bytes: [UInt8]
    private var position = 0

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        let count = min(buffer.count, bytes.count - position)
        guard count > 0 else { return 0 }
        bytes.withUnsafeBytes { all in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[position..<position + count]))
        }
        position += count
        return count
    }
}

/// A source over part of some random-access bytes.
public struct RangeSource: ByteSource {
    private let base: any RandomAccessBytes
    private var position: UInt64
    private let end: UInt64

    /// The bytes `offset ..< offset + length` of `base`, cut at its end.
    public init(_ base: any RandomAccessBytes, offset: UInt64 = 0, length: UInt64? = nil) {
        self.base = base
        position = min(offset, base.count)
        let rest = base.count - position
        end = position + min(length ?? rest, rest)
    }

    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        let wanted = Int(min(UInt64(buffer.count), end - position))
        guard wanted > 0 else { return 0 }
        let count = try base.read(
            at: position, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
        position += UInt64(count)
        return count
    }
}

/// Random access over part of some random-access bytes.
public struct RangeAccess: RandomAccessBytes {
    private let base: any RandomAccessBytes
    private let start: UInt64
    public let count: UInt64

    /// The bytes `offset ..< offset + length` of `base`, cut at its end.
    public init(_ base: any RandomAccessBytes, offset: UInt64, length: UInt64) {
        self.base = base
        start = min(offset, base.count)
        count = min(length, base.count - start)
    }

    public func read(
        at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) throws(StreamError) -> Int {
        guard offset < count else { return 0 }
        let wanted = Int(min(UInt64(buffer.count), count - offset))
        return try base.read(
            at: start + offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
    }
}

/// Random access over bytes in memory.
public struct ByteArrayAccess: RandomAccessBytes {
    private let bytes: [UInt8]
    public init(_ bytes: [UInt8]) { self.bytes = bytes }
    public var count: UInt64 { UInt64(bytes.count) }

    public func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int
    {
        guard offset < count, !buffer.isEmpty else { return 0 }
        let start = Int(offset)
        let length = min(buffer.count, bytes.count - start)
        bytes.withUnsafeBytes { all in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: all[start..<start + length]))
        }
        return length
    }
}

/// A sink that keeps everything in memory.
public struct ByteArraySink: ByteSink {
    public internal(set) var bytes: [UInt8] = []
    public init() {}
    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        self.bytes.append(contentsOf: bytes)
    }
}
