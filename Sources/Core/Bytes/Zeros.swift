extension UnsafeRawBufferPointer {
    /// True if every byte is 0.
    public var isZero: Bool {
        var offset = 0
        // Sixty-four bytes a turn: what is not zero shows in the first turn nearly always, and what is goes at the
        // speed of memory.
        while offset &+ 64 <= count {
            var bits: UInt64 = 0
            for word in 0..<8 {
                bits |= loadUnaligned(fromByteOffset: offset &+ word &* 8, as: UInt64.self)
            }
            if bits != 0 { return false }
            offset &+= 64
        }
        while offset < count {
            if self[offset] != 0 { return false }
            offset &+= 1
        }
        return true
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Sets the bytes in `range` to 0.
    public func clear(_ range: Range<Int>) {
        UnsafeMutableRawBufferPointer(rebasing: self[range]).initializeMemory(as: UInt8.self, repeating: 0)
    }
}
