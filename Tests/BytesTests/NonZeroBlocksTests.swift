import Bytes
import Testing

@Suite struct NonZeroBlocksTests {
    /// Bytes of which every range of `data` is known to be no hole, in order.
    private struct Sparse: SparseBytes {
        let bytes: ByteArrayAccess
        let data: [Range<UInt64>]

        var count: UInt64 { bytes.count }
        func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
            try bytes.read(at: offset, into: buffer)
        }
        func nextData(at offset: UInt64) -> Range<UInt64>? {
            for range in data where range.upperBound > offset {
                return max(offset, range.lowerBound)..<range.upperBound
            }
            return nil
        }
    }

    private static func runs(
        _ base: some SparseBytes, batch: Int = 64
    ) throws(StreamError) -> [(first: UInt64, bytes: [UInt8])] {
        var blocks = NonZeroBlocks(of: base, blockSize: 16, batch: batch)
        var runs: [(first: UInt64, bytes: [UInt8])] = []
        while let run = try blocks.nextRun() {
            #expect(run.bytes.count == run.count * 16)
            runs.append((run.first, Array(run.bytes)))
        }
        return runs
    }

    /// Bytes with data where `positions` says.
    private static func bytes(_ count: Int, _ positions: [Int]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        for position in positions { bytes[position] = 7 }
        return bytes
    }

    @Test("Blocks of zeros are left out, neighbours come together, the last one is filled up")
    func content() throws {
        let bytes = Self.bytes(150, [0, 40, 50, 149])
        let runs = try Self.runs(ByteArrayAccess(bytes))
        #expect(runs.map(\.first) == [0, 2, 9])
        #expect(runs.map(\.bytes.count) == [16, 32, 16])
        #expect(runs.last?.bytes == [0, 0, 0, 0, 0, 7] + [UInt8](repeating: 0, count: 10))
        #expect(try Self.runs(ByteArrayAccess([])).isEmpty)
        #expect(try Self.runs(ByteArrayAccess([UInt8](repeating: 0, count: 500))).isEmpty)
    }

    @Test("A run ends where the buffer does, whatever its size")
    func batches() throws {
        let bytes = [UInt8](repeating: 1, count: 160)
        #expect(try Self.runs(ByteArrayAccess(bytes)).map(\.first) == [0, 4, 8])
        #expect(try Self.runs(ByteArrayAccess(bytes), batch: 1).count == 10)
        #expect(try Self.runs(ByteArrayAccess(bytes), batch: 1000).count == 1)
    }

    @Test("Holes do not change which blocks there are")
    func holes() throws {
        let bytes = Self.bytes(1000, [0, 1, 15, 16, 99, 100, 101, 640, 999])
        let expected = try Self.runs(ByteArrayAccess(bytes), batch: 1 << 20)
        let maps: [[Range<UInt64>]] = [
            [0..<2, 15..<17, 99..<102, 640..<641, 999..<1000],
            [0..<1, 1..<2, 15..<16, 16..<17, 99..<100, 100..<101, 101..<102, 630..<700, 900..<1000],
            [0..<500, 500..<1000],
        ]
        for map in maps {
            for batch in [16, 64, 1 << 20] {
                let found = try Self.runs(Sparse(bytes: ByteArrayAccess(bytes), data: map), batch: batch)
                #expect(found.flatMap(\.bytes) == expected.flatMap(\.bytes))
                let numbers = found.flatMap { run in
                    (0..<UInt64(run.bytes.count / 16)).map { run.first + $0 }
                }
                let expectedNumbers = expected.flatMap { run in
                    (0..<UInt64(run.bytes.count / 16)).map { run.first + $0 }
                }
                #expect(numbers == expectedNumbers)
            }
        }
    }

    @Test("Bytes that are fewer than they say are an error")
    func short() {
        struct Short: SparseBytes {
            var count: UInt64 { 100 }
            func read(
                at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer
            ) throws(StreamError) -> Int { 3 }
            func nextData(at offset: UInt64) -> Range<UInt64>? { offset < 100 ? offset..<100 : nil }
        }
        #expect(throws: StreamError.unexpectedEnd(of: "the disk", offset: 3)) { try Self.runs(Short()) }
    }

    @Test("Zeros are told from anything else at every length and place")
    func zeros() {
        for count in [0, 1, 7, 8, 63, 64, 65, 200] {
            var bytes = [UInt8](repeating: 0, count: count)
            #expect(bytes.withUnsafeBytes { $0.isZero })
            for position in 0..<count {
                bytes[position] = 0x80
                #expect(bytes.withUnsafeBytes { !$0.isZero })
                bytes[position] = 0
            }
        }
    }

    @Test("What was used last stays, what was not goes")
    func recent() throws {
        let values = RecentValues<Int>(capacity: 2)
        var made: [UInt64] = []
        func ask(_ key: UInt64) throws(StreamError) {
            let value = try values.value(for: key) { () throws(StreamError) in
                made.append(key)
                return Int(key) * 10
            }
            #expect(value == Int(key) * 10)
        }
        for key: UInt64 in [1, 2, 1, 3, 1, 2] { try ask(key) }
        #expect(made == [1, 2, 3, 2])
        let failure = StreamError.unexpectedEnd(of: "x", offset: 0)
        #expect(throws: failure) {
            try values.value(for: 9) { () throws(StreamError) in throw failure }
        }
    }
}
