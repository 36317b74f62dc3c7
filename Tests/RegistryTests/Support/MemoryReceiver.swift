import Bytes
import Digests
import Registry
import Synchronization

/// Keeps a blob in memory and remembers how it came.
final class MemoryReceiver: BlobReceiver {
    private let state: Mutex<(bytes: [UInt8], restarts: Int)>

    init(_ bytes: [UInt8] = []) { state = Mutex((bytes, 0)) }

    var bytes: [UInt8] { state.withLock { $0.bytes } }
    var restarts: Int { state.withLock { $0.restarts } }
    var count: UInt64 { UInt64(bytes.count) }
    var digest: SHA256Digest { SHA256Digest(hashing: bytes) }

    func receive(_ piece: UnsafeRawBufferPointer) throws(StreamError) {
        state.withLock { $0.bytes.append(contentsOf: piece) }
    }

    func restart() throws(StreamError) {
        state.withLock { $0 = ([], $0.restarts + 1) }
    }
}

/// Bytes that no compression shrinks and nothing confuses with others of another `seed`.
func sampleBytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        withUnsafeBytes(of: state) { bytes.append(contentsOf: $0) }
    }
    return Array(bytes.prefix(count))
}
