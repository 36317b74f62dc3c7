import Bytes
import Testing

@Suite struct BufferedSinkTests {
    /// Keeps what was written, and how.
    private struct RecordingSink: ByteSink {
        var bytes: [UInt8] = []
        var sizes: [Int] = []
        mutating func write(_ bytes: UnsafeRawBufferPointer) {
            self.bytes += bytes
            sizes.append(bytes.count)
        }
    }

    @Test("What comes in small pieces goes on in large ones, in order and whole")
    func gathers() throws {
        var sink = BufferedSink(RecordingSink(), capacity: 10)
        var expected: [UInt8] = []
        for size in [1, 4, 4, 3, 0, 10, 25, 2, 8, 1] {
            let piece = (0..<size).map { UInt8(truncatingIfNeeded: expected.count + $0) }
            expected += piece
            try sink.write(piece)
        }
        let recorded = try sink.finish()
        #expect(recorded.bytes == expected)
        #expect(recorded.sizes == [9, 3, 10, 25, 10, 1])
    }
}
