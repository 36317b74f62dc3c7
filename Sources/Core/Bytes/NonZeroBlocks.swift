/// The blocks of sparse bytes that hold anything but zeros, in order: what a disk container stores.
///
/// Holes are skipped unread; what is read and turns out to be zeros is left out too, so that which blocks
/// there are depends on the bytes alone and not on where their holes are.
public struct NonZeroBlocks<Base: SparseBytes>: ~Copyable {
    /// Blocks one after the other.
    public struct Run {
        /// The number of the first one: bytes from the start, divided by the size of a block.
        public let first: UInt64
        /// How many there are; at least one.
        public let count: Int
        /// All of them, the last block of the disk filled up with zeros. Valid until the next call of `next`.
        public let bytes: UnsafeRawBufferPointer
    }

    private let base: Base
    private let blockSize: Int
    private let buffer: UnsafeMutableRawBufferPointer
    /// The blocks in the buffer.
    private var held: Range<UInt64> = 0..<0
    private var next: UInt64 = 0

    /// `blockSize` bytes make a block; up to `batch` bytes, at least a block, are read at once and make a run.
    public init(of base: Base, blockSize: Int, batch: Int = 1 << 20) {
        precondition(blockSize > 0)
        self.base = base
        self.blockSize = blockSize
        buffer = .allocate(byteCount: max(batch / blockSize, 1) * blockSize, alignment: 4096)
    }

    deinit { buffer.deallocate() }

    /// The next run, or nil at the end.
    public mutating func nextRun() throws(StreamError) -> Run? {
        repeat {
            while next < held.upperBound, block(next).isZero { next += 1 }
            guard next < held.upperBound else { continue }
            let first = next
            repeat { next += 1 } while next < held.upperBound && !block(next).isZero
            let start = Int(first - held.lowerBound) * blockSize
            let end = Int(next - held.lowerBound) * blockSize
            return Run(
                first: first, count: Int(next - first),
                bytes: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
        } while try fill()
        return nil
    }

    private func block(_ number: UInt64) -> UnsafeRawBufferPointer {
        let start = Int(number - held.lowerBound) * blockSize
        return UnsafeRawBufferPointer(rebasing: buffer[start..<start + blockSize])
    }

    /// Reads the next blocks that may hold data; false if there are none.
    private mutating func fill() throws(StreamError) -> Bool {
        let size = UInt64(blockSize)
        guard next <= base.count / size, let data = base.nextData(at: next * size), !data.isEmpty else {
            return false
        }
        let first = max(data.lowerBound / size, next)
        let start = first * size
        let limit = start + min(base.count - start, UInt64(buffer.count))
        var end = data.upperBound
        // What begins in the same block or the next one is read with it.
        while end < limit, let more = base.nextData(at: end), more.upperBound > end,
            more.lowerBound / size <= (end - 1) / size + 1
        {
            end = more.upperBound
        }
        end = min(end, limit)
        let blocks = (end - start + size - 1) / size
        let wanted = Int(min(blocks * size, limit - start))
        let count = try base.read(
            at: start, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
        if count < wanted { throw .unexpectedEnd(of: "the disk", offset: start + UInt64(count)) }
        buffer.clear(wanted..<Int(blocks * size))
        held = first..<first + blocks
        next = first
        return true
    }
}
