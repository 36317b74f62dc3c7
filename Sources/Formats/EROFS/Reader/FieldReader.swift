internal import Bytes

/// Takes little-endian fields off bytes one after the other; what is not there is 0.
/// Whoever makes one has checked that the structure is there.
struct FieldReader {
    private let bytes: [UInt8]
    private(set) var offset: Int

    init(_ bytes: [UInt8], at offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    mutating func next<Integer: FixedWidthInteger>(_ type: Integer.Type = Integer.self) -> Integer {
        defer { offset += MemoryLayout<Integer>.size }
        return bytes.little(type, at: offset) ?? 0
    }

    mutating func skip(_ count: Int) { offset += count }
}
