public import Bytes

/// A compressed stream of independent blocks: none refers to data of another, so that equal blocks have equal bytes
/// wherever they stand.
public protocol BlockStream {
    associatedtype Worker: OrderedWorker where Worker.Input == [UInt8]

    /// Bytes of data in a block at most.
    static var largestBlock: Int { get }
    static func makeWorker(cache: (any CompressedBlockCache)?) -> sending Worker

    init()
    /// The bytes before the first block.
    var header: [UInt8] { get }
    /// The bytes of the next block in order.
    mutating func add(_ block: Worker.Output) -> [UInt8]
    /// The bytes after the last block, none of which needs to know that it is the last.
    var trailer: [UInt8] { get }
}

/// Writes one stream, its blocks compressed in parallel.
///
/// Blocks end where the writer calls `cut` and after `largestBlock` bytes since the last end, hence where the content
/// says, never where the number of jobs or the size of writes does.
///
/// They are written in order, by the thread that calls, which also gets the wrapped sink's errors. At most `2 * jobs`
/// blocks are in memory. After an error the sink is of no further use.
public struct ParallelSink<Base: ByteSink & ~Copyable, Stream: BlockStream>: ByteSink, ~Copyable {
    public static var largestBlock: Int { Stream.largestBlock }

    private var base: Base
    private var stream = Stream()
    private let workers: OrderedWorkers<Stream.Worker>
    private var current: [UInt8] = []
    private var hasHeader = false

    public init(_ base: consuming Base, jobs: Int, cache: (any CompressedBlockCache)? = nil) {
        self.base = base
        workers = OrderedWorkers(jobs: jobs) { Stream.makeWorker(cache: cache) }
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

    /// Ends the stream and returns the wrapped sink.
    public consuming func finish() throws(StreamError) -> Base {
        try end()
        return base
    }

    private mutating func end() throws(StreamError) {
        try cut()
        while let block = workers.next() { try commit(block) }
        try writeHeader()
        try base.write(stream.trailer)
    }

    private mutating func commit(_ block: Stream.Worker.Output) throws(StreamError) {
        try writeHeader()
        try base.write(stream.add(block))
    }

    private mutating func writeHeader() throws(StreamError) {
        if hasHeader { return }
        hasHeader = true
        try base.write(stream.header)
    }
}
