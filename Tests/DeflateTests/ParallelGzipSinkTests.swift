import Bytes
import Deflate
import Host
import Synchronization
import TestSupport
import Testing

/// One member of `bytes`, written in steps, with a cut after each of `cuts` bytes.
private func gzip(
    _ bytes: [UInt8], jobs: Int, step: Int = 10_000, cuts: [Int] = [],
    cache: (any CompressedBlockCache)? = nil
) throws(StreamError) -> [UInt8] {
    var sink = ParallelGzipSink(ByteArraySink(), jobs: jobs, cache: cache)
    var start = 0
    while start < bytes.count {
        let end = min(start + step, cuts.first { $0 > start } ?? bytes.count, bytes.count)
        try sink.write(Array(bytes[start..<end]))
        if cuts.contains(end) { try sink.cut() }
        start = end
    }
    return try sink.finish().bytes
}

/// A sink that fails once it has taken `room` bytes.
private struct FullSink: ByteSink {
    var room: Int
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        room -= bytes.count
        if room < 0 { throw .system(operation: "write", path: "full", errno: 28) }
    }
}

private final class MemoryCache: CompressedBlockCache {
    private let blocks = Mutex<[[UInt8]: [UInt8]]>([:])
    private let hitCount = Mutex(0)
    var hits: Int { hitCount.withLock { $0 } }

    func block(for input: UnsafeRawBufferPointer, compress: () -> [UInt8]) -> [UInt8] {
        if let found = blocks.withLock({ $0[Array(input)] }) {
            hitCount.withLock { $0 += 1 }
            return found
        }
        let block = compress()
        blocks.withLock { $0[Array(input)] = block }
        return block
    }
}

@Suite struct ParallelGzipSinkTests {
    private let data: [UInt8] = {
        var generator = SampleGenerator(seed: 12)
        return generator.words(100_000) + generator.bytes(20_000) + generator.mixture(100_000)
    }()
    private let cuts = [1, 30_000, 30_001, 90_000, 150_000]

    @Test func bytesDoNotDependOnJobsOrOnTheSizeOfWrites() throws {
        let expected = try gzip(data, jobs: 1, cuts: cuts)
        #expect(try gunzip(expected) == data)
        for jobs in [2, 3, 8] { #expect(try gzip(data, jobs: jobs, cuts: cuts) == expected, "\(jobs) jobs") }
        for step in [777, 65_536, 1 << 20] {
            #expect(try gzip(data, jobs: 2, step: step, cuts: cuts) == expected, "steps of \(step)")
        }
    }

    @Test func aBlockEndsByItselfAtItsLargest() throws {
        let size = ParallelGzipSink<ByteArraySink>.largestBlock
        let zeros = [UInt8](repeating: 0, count: 2 * size + 5)
        let byItself = try gzip(zeros, jobs: 2, step: zeros.count)
        #expect(byItself == (try gzip(zeros, jobs: 1, step: 300_000, cuts: [size, 2 * size])))
        #expect(try gunzip(byItself) == zeros)
    }

    @Test func noDataIsAnEmptyMember() throws {
        #expect(try gunzip(try gzip([], jobs: 1)) == [])
        #expect(try gzip([], jobs: 4).count == 20)
    }

    @Test func equalBlocksHaveEqualBytes() throws {
        let member = try gzip(data + data, jobs: 2, cuts: [data.count])
        let block = deflate(data, last: false)
        #expect(member.count == 10 + 2 * block.count + 2 + 8)
        #expect(
            Array(member[10..<10 + block.count]) == Array(member[10 + block.count..<10 + 2 * block.count]))
    }

    @Test(arguments: [1, 4]) func theSinksErrorReachesTheWriter(_ jobs: Int) throws {
        var generator = SampleGenerator(seed: 13)
        let noise = generator.bytes(20_000)
        func fill(room: Int) throws(StreamError) {
            var sink = ParallelGzipSink(FullSink(room: room), jobs: jobs)
            for _ in 0..<12 {
                try sink.write(noise)
                try sink.cut()
            }
            _ = try sink.finish()
        }
        for room in [0, 9, 15_000, 70_000, 240_000] {
            #expect(
                throws: StreamError.system(operation: "write", path: "full", errno: 28), "room for \(room)"
            ) {
                try fill(room: room)
            }
        }
    }

    @Test func aCacheChangesNothingButTheWork() throws {
        let cache = MemoryCache()
        let expected = try gzip(data, jobs: 2, cuts: cuts)
        #expect(try gzip(data, jobs: 2, cuts: cuts, cache: cache) == expected)
        #expect(cache.hits == 0)
        #expect(try gzip(data, jobs: 2, cuts: cuts, cache: cache) == expected)
        #expect(cache.hits == cuts.count + 1)
    }

    @Test(.enabled(if: Tool.available("gzip"))) func gzipAgrees() throws {
        let member = try gzip(data, jobs: 4, cuts: cuts)
        try Tool.run("gzip", ["-t"], input: member)
        #expect(try Tool.run("gzip", ["-dc"], input: member).output == data)
    }

    @Test(.enabled(if: Tool.available("gzip"))) func sizeIsWithinEightPercentOfGzip() throws {
        let ours = try gzip(data, jobs: 1).count
        let theirs = try Tool.run("gzip", ["-6nc"], input: data).output.count
        #expect(ours * 100 <= theirs * 108, "\(ours) bytes where gzip -6 takes \(theirs)")
    }
}

@Suite struct OrderedWorkersTests {
    /// Takes its time for even numbers.
    private struct Squarer: OrderedWorker {
        func process(_ input: Int) -> Int {
            var sum = 0
            if input % 2 == 0 { for value in 0..<20_000 { sum &+= value } }
            return sum >= 0 ? input * input : 0
        }
    }

    @Test(arguments: [1, 2, 7]) func resultsComeInOrder(_ jobs: Int) {
        let workers = OrderedWorkers(jobs: jobs) { Squarer() }
        #expect(workers.next() == nil)
        for input in 0..<100 { workers.submit(input) }
        #expect(workers.inFlight == 100)
        for input in 0..<100 { #expect(workers.next() == input * input) }
        #expect(workers.next() == nil)
    }

    @Test func lettingGoMidwayIsSafe() {
        for _ in 0..<20 {
            let workers = OrderedWorkers(jobs: 4) { Squarer() }
            for input in 0..<30 { workers.submit(input) }
            #expect(workers.next() == 0)
        }
    }
}
