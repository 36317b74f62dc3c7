/// A source that reads ahead and knows its offset, so that small headers don't cost a read each.
public struct BufferedSource<Base: ByteSource>: ByteSource {
    /// What is read from, ahead of `offset`.
    public private(set) var base: Base
    /// Bytes taken so far.
    public private(set) var offset: UInt64 = 0
    private var buffer: [UInt8]
    private var position = 0
    private var end = 0

    public init(_ base: Base, bufferSize: Int = 32 << 10) {
        self.base = base
        buffer = [UInt8](repeating: 0, count: max(bufferSize, 1))
    }

    public mutating func read(into target: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        if target.isEmpty { return 0 }
        // What is as large as the buffer gains nothing from passing through it.
        if position == end, target.count >= buffer.count {
            let count = try base.read(into: target)
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

    /// The next `count` bytes, or fewer at the end.
    public mutating func read(count: Int) throws(StreamError) -> [UInt8] {
        var failure: StreamError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { target, filled in
            let target = UnsafeMutableRawBufferPointer(target)
            do throws(StreamError) {
                while filled < count {
                    let step = try read(into: UnsafeMutableRawBufferPointer(rebasing: target[filled..<count]))
                    if step == 0 { break }
                    filled += step
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Skips `count` bytes and returns how many were available.
    public mutating func skip(_ count: UInt64) throws(StreamError) -> UInt64 {
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

    private mutating func refill() throws(StreamError) {
        var failure: StreamError?
        position = 0
        end = buffer.withUnsafeMutableBytes { bytes -> Int in
            do throws(StreamError) { return try base.read(into: bytes) } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
    }
}
