internal import Dispatch
internal import Synchronization

/// SHA-256 of bytes that are written meanwhile: another thread computes it, a few chunks behind.
///
/// Where files are laid out and copied, the digest is the larger half of the work.
final class BackgroundHasher: Sendable {
    /// Bytes to be hashed. The chunks go round: memory that is new each time costs as much as the copying into it.
    final class Chunk: Sendable {
        /// Bytes worth handing over.
        static let capacity = 256 << 10

        fileprivate let bytes = Mutex<[UInt8]>([])

        func append(_ more: some Collection<UInt8>) { bytes.withLock { $0.append(contentsOf: more) } }

        var digest: SHA256Digest { bytes.withLock { SHA256Digest(hashing: $0) } }
    }

    private let hasher = Mutex(SHA256Hasher())
    private let queue = DispatchQueue(label: "identikit.hasher")
    /// Chunks that may wait: enough to hide the unevenness of writing.
    private let room = DispatchSemaphore(value: 8)
    private let spare = Mutex<[Chunk]>([])

    /// Takes the next bytes and gives back an empty chunk; waits while too many are on their way.
    func update(_ chunk: Chunk) -> Chunk {
        room.wait()
        queue.async {
            chunk.bytes.withLock { bytes in
                self.hasher.withLock { $0.update(bytes) }
                bytes.removeAll(keepingCapacity: true)
            }
            self.spare.withLock { $0.append(chunk) }
            self.room.signal()
        }
        return spare.withLock { $0.popLast() } ?? Chunk()
    }

    /// Takes `count` zero bytes.
    func updateZeros(_ count: UInt64) {
        room.wait()
        queue.async {
            self.hasher.withLock { $0.updateZeros(count) }
            self.room.signal()
        }
    }

    /// The digest of what has come so far and `rest`.
    func finalize(and rest: Chunk) -> SHA256Digest {
        queue.sync {
            hasher.withLock { hasher in
                var hasher = hasher
                rest.bytes.withLock { hasher.update($0) }
                return hasher.finalize()
            }
        }
    }
}
