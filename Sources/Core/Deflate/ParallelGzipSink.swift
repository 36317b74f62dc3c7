public import Bytes
internal import Checksums

/// Writes one gzip member, its blocks compressed in parallel.
///
/// The blocks are independent: none refers to data of another, so that equal blocks
/// have equal bytes wherever they stand. They end where the writer calls `cut` and
/// after `largestBlock` bytes since the last end, hence where the content says, never
/// where the number of jobs or the size of writes does. Blocks of less than about 128 KiB
/// cost noticeable size.
///
/// They are written in order, by the thread that calls, which also gets the wrapped
/// sink's errors. At most `2 * jobs` blocks are in memory. After an error the sink
/// is of no further use.
public struct ParallelGzipSink<Base: ByteSink & ~Copyable>: ByteSink, ~Copyable {
    /// Bytes in a block at most.
    public static var largestBlock: Int { 1 << 20 }

    private var base: Base
    private let workers: OrderedWorkers<BlockWorker>
    private var current: [UInt8] = []
    private var crc: UInt32 = 0
    private var hasHeader = false
    /// Bytes of data in the blocks written so far.
    public private(set) var count: UInt64 = 0
    /// Bytes given to the wrapped sink so far.
    public private(set) var compressedCount: UInt64 = 0

    public init(_ base: consuming Base, jobs: Int, cache: (any CompressedBlockCache)? = nil) {
        self.base = base
        workers = OrderedWorkers(jobs: jobs) { BlockWorker(cache: cache) }
    }

    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        var start = 0
        while start < bytes.count {
            if current.capacity == 0 { current.reserveCapacity(Self.largestBlock) }
            let end = min(bytes.count, start + Self.largestBlock - current.count)
            current.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            start = end
            if current.count == Self.largestBlock { try cut() }
        }
    }

    /// Ends the block here. Nothing happens if it is empty.
    public mutating func cut() throws(StreamError) {
        if current.isEmpty { return }
        while workers.inFlight >= 2 * workers.jobs, let block = workers.next() { try commit(block) }
        let input = current
        current = []
        workers.submit(input)
        while let block = workers.nextIfReady() { try commit(block) }
    }

    /// Ends the member and returns the wrapped sink.
    public consuming func finish() throws(StreamError) -> Base {
        try end()
        return base
    }

    private mutating func end() throws(StreamError) {
        try cut()
        while let block = workers.next() { try commit(block) }
        try writeHeader()
        // An empty last block of the fixed code: no other block needs to know that it is the last.
        try put([0x03, 0x00])
        try put(GzipMember.trailer(crc: crc, count: count))
    }

    private mutating func writeHeader() throws(StreamError) {
        if hasHeader { return }
        hasHeader = true
        try put(GzipMember.header)
    }

    private mutating func commit(_ block: CompressedBlock) throws(StreamError) {
        try writeHeader()
        try put(block.bytes)
        crc = CRC32.combine(crc, block.crc, length2: UInt64(block.count))
        count += UInt64(block.count)
    }

    private mutating func put(_ bytes: [UInt8]) throws(StreamError) {
        try base.write(bytes)
        compressedCount += UInt64(bytes.count)
    }
}

/// A block's DEFLATE form, with the checksum and size of its data.
struct CompressedBlock: Sendable {
    let bytes: [UInt8]
    let crc: UInt32
    let count: Int
}

/// Compresses blocks, each one for itself.
struct BlockWorker: OrderedWorker {
    private let encoder = DeflateEncoder()
    private let cache: (any CompressedBlockCache)?

    init(cache: (any CompressedBlockCache)?) { self.cache = cache }

    func process(_ input: [UInt8]) -> CompressedBlock {
        input.withUnsafeBytes { bytes in
            CompressedBlock(bytes: compress(bytes), crc: CRC32.checksum(bytes), count: bytes.count)
        }
    }

    private func compress(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let compress = {
            var block: [UInt8] = []
            encoder.compress(bytes, last: false, into: &block)
            return block
        }
        return cache?.block(for: bytes, compress: compress) ?? compress()
    }
}
