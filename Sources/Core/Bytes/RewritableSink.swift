/// A sink for formats whose first bytes say what came of the later ones.
public protocol RewritableSink: ByteSink, ~Copyable {
    /// Replaces `bytes` that were written at `offset` before; the sink goes on at its end.
    mutating func overwrite(at offset: UInt64, _ bytes: [UInt8]) throws(StreamError)
}

extension ByteArraySink: RewritableSink {
    public mutating func overwrite(at offset: UInt64, _ bytes: [UInt8]) throws(StreamError) {
        let start = Int(offset)
        self.bytes.replaceSubrange(start..<start + bytes.count, with: bytes)
    }
}
