public import Bytes
public import Deflate

/// Writes one zstd frame, its jobs compressed in parallel.
///
/// As with `ParallelGzipSink`, jobs are independent, so that equal ones have equal bytes wherever they stand, and end
/// where the writer calls `cut` and after `largestBlock` bytes. At most `2 * jobs` of them are in memory. After an error
/// the sink is of no further use.
public struct ParallelZstandardSink<Base: ByteSink & ~Copyable>: ByteSink, ~Copyable {
    /// Bytes in a job at most.
    public static var largestBlock: Int { ZstandardEncoder.largestJob }

    private var base: Base
    private let workers: OrderedWorkers<JobWorker>
    private var current: [UInt8] = []
    private var hasHeader = false

    public init(_ base: consuming Base, jobs: Int, cache: (any CompressedBlockCache)? = nil) {
        self.base = base
        workers = OrderedWorkers(jobs: jobs) { JobWorker(cache: cache) }
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

    /// Ends the job here. Nothing happens if it is empty.
    public mutating func cut() throws(StreamError) {
        if current.isEmpty { return }
        while workers.inFlight >= 2 * workers.jobs, let blocks = workers.next() { try put(blocks) }
        let input = current
        current = []
        workers.submit(input)
        while let blocks = workers.nextIfReady() { try put(blocks) }
    }

    /// Ends the frame and returns the wrapped sink.
    public consuming func finish() throws(StreamError) -> Base {
        try end()
        return base
    }

    private mutating func end() throws(StreamError) {
        try cut()
        while let blocks = workers.next() { try put(blocks) }
        try put(ZstandardEncoder.frameEnd)
    }

    private mutating func put(_ bytes: [UInt8]) throws(StreamError) {
        if !hasHeader { try base.write(ZstandardEncoder.frameHeader) }
        hasHeader = true
        try base.write(bytes)
    }
}

/// Compresses jobs, each one for itself.
struct JobWorker: OrderedWorker {
    private let encoder = ZstandardEncoder()
    private let cache: (any CompressedBlockCache)?

    init(cache: (any CompressedBlockCache)?) { self.cache = cache }

    func process(_ input: [UInt8]) -> [UInt8] {
        input.withUnsafeBytes { bytes in
            let compress = {
                var blocks: [UInt8] = []
                encoder.compress(bytes, into: &blocks)
                return blocks
            }
            return cache?.block(for: bytes, compress: compress) ?? compress()
        }
    }
}
