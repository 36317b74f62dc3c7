public import Bytes
internal import Crypto

/// SHA-256 over bytes as they come.
public struct SHA256Hasher: ByteSink, Sendable {
    private var state = SHA256()

    public init() {}

    public mutating func update(_ bytes: UnsafeRawBufferPointer) { state.update(bufferPointer: bytes) }

    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { state.update(bufferPointer: $0) }
    }

    /// Takes `count` zero bytes.
    public mutating func updateZeros(_ count: UInt64) {
        let zeros = [UInt8](repeating: 0, count: Int(min(count, 64 << 10)))
        var left = count
        zeros.withUnsafeBytes { zeros in
            while left > 0 {
                let step = min(left, UInt64(zeros.count))
                update(UnsafeRawBufferPointer(rebasing: zeros[..<Int(step)]))
                left -= step
            }
        }
    }

    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) { update(bytes) }

    /// The digest of the bytes so far; more can be added afterwards.
    public func finalize() -> SHA256Digest {
        guard let digest = SHA256Digest(bytes: Array(state.finalize())) else {
            // Proof: FIPS 180-4 has no other length.
            preconditionFailure("SHA-256 gives 32 bytes")
        }
        return digest
    }
}

extension SHA256Digest {
    public init(hashing bytes: [UInt8]) {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        self = hasher.finalize()
    }

    public init(hashing bytes: ByteString) { self.init(hashing: bytes.bytes) }

    public init(hashing text: String) { self.init(hashing: Array(text.utf8)) }
}
