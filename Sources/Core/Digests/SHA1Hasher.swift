public import Bytes
internal import Crypto

/// SHA-1 over bytes as they come: for the names of git's objects, never as a proof of anything.
public struct SHA1Hasher: ByteSink {
    private var state = Insecure.SHA1()

    public init() {}

    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { state.update(bufferPointer: $0) }
    }

    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        state.update(bufferPointer: bytes)
    }

    /// The 20 bytes of the digest of what has come so far.
    public func finalize() -> [UInt8] { Array(state.finalize()) }
}
