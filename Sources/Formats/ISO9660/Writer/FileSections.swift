/// Sections of a file's contents (ECMA-119 6.5.1), each of whole sectors but the last, since their lengths have 32 bits.
enum FileSections {
    /// The bytes of a section that another follows: the most that are whole sectors.
    static let length: UInt32 = 0xFFFF_F800
    static let sectors = UInt64(length) / UInt64(Sector.size)

    /// The length of each section of `count` bytes.
    static func lengths(_ count: UInt64) -> [UInt32] {
        let whole = count / UInt64(length)
        let rest = UInt32(count % UInt64(length))
        var lengths = [UInt32](repeating: length, count: Int(whole))
        if rest > 0 { lengths.append(rest) }
        return lengths
    }
}
