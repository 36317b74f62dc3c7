/// One well-formed UTF-8 sequence of two to four bytes (Unicode 15, table 3-7).
struct UTF8Scalar {
    let value: UInt32
    /// In bytes.
    let length: Int

    /// `nil` if `bytes` does not begin with one.
    init?(prefixOf bytes: ArraySlice<UInt8>) {
        guard let lead = bytes.first else { return nil }
        let second: ClosedRange<UInt8>
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return nil
        }
        let sequence = bytes.prefix(length)
        guard sequence.count == length, second.contains(sequence[sequence.startIndex + 1]),
            sequence.dropFirst(2).allSatisfy({ (0x80...0xBF).contains($0) })
        else { return nil }
        let payload = UInt32(lead) & (0x7F >> UInt32(length))
        value = sequence.dropFirst().reduce(payload) { $0 << 6 | UInt32($1 & 0x3F) }
    }
}
