internal import Dispatch
internal import Synchronization

/// SHA-256 of bytes that are written meanwhile: another thread computes it, a few chunks behind.
///
/// Where files are laid out and copied, the digest is the larger half of the work.
final class BackgroundHasher: Sendable {
    /// Bytes worth handing over.
    static let chunk = 256 << 10

    private let hasher = Mutex(SHA256Hasher())
    private let queue = DispatchQueue(label: "identikit.hasher")
    /// Chunks that may wait: enough to hide the unevenness of writing.
    private let room = DispatchSemaphore(value: 16)

    /// Takes the next bytes; waits while too many are on their way.
    func update(_ bytes: [UInt8]) {
        room.wait()
        queue.async {
            self.hasher.withLock { $0.update(bytes) }
            self.room.signal()
        }
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
    func finalize(and rest: [UInt8]) -> SHA256Digest {
        queue.sync {
            hasher.withLock { hasher in
                var hasher = hasher
                hasher.update(rest)
                return hasher.finalize()
            }
        }
    }
}
