/// Some literals and a match: what a block is made of (RFC 8878, section 3.1.1.3.2).
struct Sequence {
    var literals: UInt32
    /// 3 or more.
    var length: UInt32
    /// The value that stands in the block: 1 to 3 for a repeated offset, or the offset and 3.
    var offset: UInt32
}

/// The codes of lengths and offsets, and the distributions that a decoder knows (RFC 8878, section 3.1.1.3.2).
enum SequenceCodes {
    static let literalCount = 36
    static let matchCount = 53
    static let offsetCount = 32

    /// What is left of a length after its code's baseline takes so many bits.
    static let literalExtraBits: [UInt8] =
        [UInt8](repeating: 0, count: 16)
        + [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
    static let matchExtraBits: [UInt8] =
        [UInt8](repeating: 0, count: 32)
        + [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]

    static let literalBaselines = baselines(literalExtraBits, from: 0)
    static let matchBaselines = baselines(matchExtraBits, from: 3)

    private static func baselines(_ extraBits: [UInt8], from first: UInt32) -> [UInt32] {
        var next = first
        return extraBits.map { bits in
            defer { next += 1 << UInt32(bits) }
            return next
        }
    }

    /// Codes of short lengths; those of longer ones follow from their highest bit.
    static let shortLiterals = codes(literalBaselines, count: 64)
    static let shortMatches = codes(matchBaselines, count: 131)

    private static func codes(_ baselines: [UInt32], count: Int) -> [UInt8] {
        (0..<count).map { length in
            UInt8(max(0, (baselines.lastIndex { $0 <= length } ?? 0)))
        }
    }

    @inline(__always)
    static func literalCode(_ count: UInt32, _ short: UnsafePointer<UInt8>) -> UInt8 {
        count < 64 ? short[Int(count)] : UInt8(truncatingIfNeeded: 19 &+ 31 &- count.leadingZeroBitCount)
    }

    @inline(__always)
    static func matchCode(_ length: UInt32, _ short: UnsafePointer<UInt8>) -> UInt8 {
        length < 131
            ? short[Int(length)] : UInt8(truncatingIfNeeded: 36 &+ 31 &- (length &- 3).leadingZeroBitCount)
    }

    static let literalDefault = FiniteStateCode(
        [
            4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1,
            -1,
            -1, -1, -1,
        ], log: 6)
    static let matchDefault = FiniteStateCode(
        [1, 4, 3, 2, 2, 2, 2, 2, 2] + [Int16](repeating: 1, count: 37) + [Int16](repeating: -1, count: 7),
        log: 6)
    static let offsetDefault = FiniteStateCode(
        [1, 1, 1, 1, 1, 1, 2, 2, 2] + [Int16](repeating: 1, count: 15) + [Int16](repeating: -1, count: 5),
        log: 5)
}
