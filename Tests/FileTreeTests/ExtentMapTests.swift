import Bytes
import Digests
import FileTree
import Testing

@Suite struct ExtentMapTests {
    private struct OneBlob: BlobStore {
        let bytes: [UInt8]
        func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
            ByteArrayAccess(bytes)
        }
    }

    private static let blob = (0..<100).map { UInt8($0 + 100) }
    private static let store = OneBlob(bytes: blob)

    private static var map: ExtentMap {
        let digest = SHA256Digest(hashing: blob)
        var map = ExtentMap()
        map.append([1, 2, 3])
        map.align(to: 8)
        map.append(zeros: 2)
        map.append(.blob(digest: digest, offset: 10, length: 20, contentDigest: digest))
        map.append(.bytes("end"))
        map.append(zerosUpTo: 40)
        return map
    }

    private static let expected: [UInt8] =
        [1, 2, 3] + [UInt8](repeating: 0, count: 7) + blob[10..<30] + Array("end".utf8)
        + [UInt8](repeating: 0, count: 7)

    @Test func writesWhatItIsMadeOf() throws {
        var sink = ByteArraySink()
        try Self.map.write(to: &sink, from: Self.store)
        #expect(sink.bytes == Self.expected)
        #expect(Self.map.count == 40)
    }

    @Test func readsTheSameAnywhere() throws {
        let access = Self.map.access(from: Self.store)
        for start in 0...40 {
            for length in [1, 5, 17, 40] {
                var buffer = [UInt8](repeating: 0xee, count: length)
                let count = try buffer.withUnsafeMutableBytes {
                    try access.read(at: UInt64(start), into: $0)
                }
                #expect(Array(buffer[..<count]) == Array(Self.expected[start...].prefix(length)))
            }
        }
    }

    @Test func knowsItsHoles() {
        let access = Self.map.access(from: Self.store)
        #expect(access.nextData(at: 0) == 0..<3)
        #expect(access.nextData(at: 1) == 1..<3)
        #expect(access.nextData(at: 3) == 10..<30)
        #expect(access.nextData(at: 33) == nil)
        #expect(access.nextData(at: 99) == nil)
    }

    @Test func nestsAndHasAnIdentity() {
        var outer = ExtentMap()
        outer.append(zeros: 4)
        outer.append(Self.map)
        #expect(outer.count == 44)
        #expect(outer.identity != Self.map.identity)
        #expect(Self.map.identity == Self.map.identity)
    }
}
