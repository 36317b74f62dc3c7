import Bytes
import Testing

@Suite struct BufferedSourceTests {
    private static let data = (0..<5000).map { UInt8(truncatingIfNeeded: $0 * 31 >> 3) }

    @Test("Reads of any size give the same bytes and count them", arguments: [1, 7, 64, 1000, 8192])
    func portions(_ size: Int) throws {
        var source = BufferedSource(ByteArraySource(Self.data), bufferSize: 64)
        var all: [UInt8] = []
        while case let part = try source.read(count: size), !part.isEmpty {
            all += part
            #expect(source.offset == UInt64(all.count))
        }
        #expect(all == Self.data)
    }

    @Test("Skipping stops at the end and says how far it came")
    func skip() throws {
        var source = BufferedSource(ByteArraySource(Self.data), bufferSize: 64)
        #expect(try source.skip(100) == 100)
        #expect(try source.read(count: 2) == Array(Self.data[100..<102]))
        #expect(try source.skip(.max) == 4898)
        #expect(try source.skip(1) == 0)
        #expect(source.offset == 5000)
    }
}
