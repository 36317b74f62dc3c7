// Integers as on-disk formats have them. A width and an order are always said where a field is written
// or read; nothing depends on the host. All of it is inlined: as generic code of
// another module, looking up types took readers of tables half of their time.

extension [UInt8] {
    /// Appends the integer's bytes, least significant first.
    @inlinable
    public mutating func append<Integer: FixedWidthInteger>(little value: Integer) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    /// Appends the integer's bytes, most significant first.
    @inlinable
    public mutating func append<Integer: FixedWidthInteger>(big value: Integer) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    /// Appends `count` zero bytes.
    @inlinable
    public mutating func append(zeros count: Int) { append(contentsOf: repeatElement(0, count: count)) }

    /// Appends zero bytes up to the next multiple of `alignment`.
    @inlinable
    public mutating func align(to alignment: Int) {
        append(zeros: (alignment - count % alignment) % alignment)
    }

    /// Replaces the bytes from `offset` on by the integer's, least significant first. They must be there.
    @inlinable
    public mutating func store<Integer: FixedWidthInteger>(little value: Integer, at offset: Int) {
        withUnsafeMutableBytes { bytes in
            precondition(offset >= 0 && offset + MemoryLayout<Integer>.size <= bytes.count)
            bytes.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Integer.self)
        }
    }

    /// Replaces the bytes from `offset` on by the integer's, most significant first. They must be there.
    @inlinable
    public mutating func store<Integer: FixedWidthInteger>(big value: Integer, at offset: Int) {
        withUnsafeMutableBytes { bytes in
            precondition(offset >= 0 && offset + MemoryLayout<Integer>.size <= bytes.count)
            bytes.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Integer.self)
        }
    }

    /// Replaces the bytes from `offset` on. They must be there.
    @inlinable
    public mutating func store(_ bytes: some Collection<UInt8>, at offset: Int) {
        replaceSubrange(offset..<offset + bytes.count, with: bytes)
    }

    /// The integer whose bytes, least significant first, stand at `offset`; nil if they are not all there.
    @inlinable
    public func little<Integer: FixedWidthInteger>(
        _ type: Integer.Type = Integer.self, at offset: Int
    ) -> Integer? {
        withUnsafeBytes { $0.little(type, at: offset) }
    }

    /// The integer whose bytes, most significant first, stand at `offset`; nil if they are not all there.
    @inlinable
    public func big<Integer: FixedWidthInteger>(
        _ type: Integer.Type = Integer.self, at offset: Int
    ) -> Integer? {
        withUnsafeBytes { $0.big(type, at: offset) }
    }
}

extension UnsafeRawBufferPointer {
    /// The integer whose bytes, least significant first, stand at `offset`; nil if they are not all there.
    @inlinable
    public func little<Integer: FixedWidthInteger>(
        _ type: Integer.Type = Integer.self, at offset: Int
    ) -> Integer? {
        guard offset >= 0, count >= MemoryLayout<Integer>.size, offset <= count - MemoryLayout<Integer>.size
        else { return nil }
        return Integer(littleEndian: loadUnaligned(fromByteOffset: offset, as: Integer.self))
    }

    /// The integer whose bytes, most significant first, stand at `offset`; nil if they are not all there.
    @inlinable
    public func big<Integer: FixedWidthInteger>(
        _ type: Integer.Type = Integer.self, at offset: Int
    ) -> Integer? {
        little(type, at: offset)?.byteSwapped
    }
}

extension UInt64 {
    /// The next multiple of `alignment`, or the number itself if it is one.
    @inlinable
    public func aligned(to alignment: UInt64) -> UInt64 {
        (self + alignment - 1) / alignment * alignment
    }
}
