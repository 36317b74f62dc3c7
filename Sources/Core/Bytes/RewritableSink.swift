/// A sink for formats whose first bytes depend on later ones.
public protocol RewritableSink: ByteSink, ~Copyable {
    /// Overwrites earlier bytes at `offset`; later writes continue at the end.
    mutating func overwrite(at offset: UInt64, _ bytes: [UInt8]) throws(StreamError)
}

extension ByteArraySink: RewritableSink {
    public mutating func overwrite(at offset: UInt64, _ bytes: [UInt8]) throws(StreamError) {
        let start = Int(offset)
        self.bytes.replaceSubrange(start..<start + bytes.count, with: bytes)
    }
}
