internal import Bytes

/// A buffered source that knows its offset, so that 512-byte headers don't cost a read each.
struct TarInput<Source: ByteSource> {
    private(set) var source: Source
    /// Bytes taken so far.
    private(set) var offset: UInt64 = 0
    private var buffer = [UInt8](repeating: 0, count: 32 << 10)
    private var position = 0
    private var end = 0

    init(_ source: Source) { self.source = source }

    /// Fills the front of `target`, which is not empty; 0 only at the end.
    mutating func read(into target: UnsafeMutableRawBufferPointer) throws(TarError) -> Int {
        // What is as large as the buffer gains nothing from passing through it.
        if position == end, target.count >= buffer.count {
            let count = try TarError.lifting { () throws(StreamError) in try source.read(into: target) }
            offset += UInt64(count)
            return count
        }
        if position == end { try refill() }
        let count = min(target.count, end - position)
        buffer.withUnsafeBytes {
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
        }
        position += count
        offset += UInt64(count)
        return count
    }

    /// Fills the front of `target` as far as the source goes.
    mutating func readFully(into target: UnsafeMutableRawBufferPointer) throws(TarError) -> Int {
        var filled = 0
        while filled < target.count {
            let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: target[filled...]))
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// Passes over `count` bytes and returns how many there were.
    mutating func skip(_ count: UInt64) throws(TarError) -> UInt64 {
        var skipped: UInt64 = 0
        while skipped < count {
            if position == end { try refill() }
            let step = Int(min(UInt64(end - position), count - skipped))
            if step == 0 { break }
            position += step
            offset += UInt64(step)
            skipped += UInt64(step)
        }
        return skipped
    }

    private mutating func refill() throws(TarError) {
        var failure: StreamError?
        position = 0
        end = buffer.withUnsafeMutableBytes { bytes -> Int in
            do throws(StreamError) { return try source.read(into: bytes) } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw .stream(failure) }
    }
}
