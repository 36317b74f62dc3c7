/// The symbols of RFC 1951, section 3.2.5.
enum DeflateAlphabet {
    static let literalCount = 286
    static let distanceCount = 30
    static let endOfBlock = 256
    static let shortestMatch = 3
    static let longestMatch = 258
    static let windowSize = 32768

    /// Extra bits after each length symbol, 257 to 285.
    static let lengthExtraBits: [UInt8] = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    /// The shortest length of each length symbol.
    static let lengthBase: [UInt16] = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163,
        195, 227, 258,
    ]
    /// The order in which a dynamic block states the lengths of its code length code.
    static let codeLengthOrder: [Int] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    /// Indexed by length: its symbol less 257.
    static let lengthSlots: [UInt8] = {
        var slots = [UInt8](repeating: 0, count: longestMatch + 1)
        for (slot, base) in lengthBase.enumerated() {
            // 258 has a symbol of its own, the last one.
            let end = slot + 1 < lengthBase.count ? Int(lengthBase[slot + 1]) : longestMatch + 1
            for length in Int(base)..<end { slots[length] = UInt8(slot) }
        }
        return slots
    }()

    /// The distance symbol of `distance`, 1 to 32768: two of them for each power of two.
    @inline(__always)
    static func distanceSlot(_ distance: UInt32) -> Int {
        let value = distance &- 1
        if value < 2 { return Int(value) }
        let log = 31 &- UInt32(truncatingIfNeeded: value.leadingZeroBitCount)
        return Int(log &<< 1 | (value &>> (log &- 1)) & 1)
    }

    /// Extra bits after a distance symbol.
    @inline(__always)
    static func distanceExtraBits(_ slot: Int) -> UInt64 {
        slot < 4 ? 0 : UInt64(truncatingIfNeeded: slot &>> 1 &- 1)
    }
}
