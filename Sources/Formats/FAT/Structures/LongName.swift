internal import Bytes

/// A long name (FAT specification, section 7): up to 255 UTF-16 code units, 13 to an entry, last ones first.
enum LongName {
    static let unitsPerEntry = 13
    static let limit = 255
    private static let lastFlag: UInt8 = 0x40
    private static let forbidden = Set("\"*/:<>?\\|".utf8)

    /// The name's code units, or why FAT can't hold it.
    static func units(_ name: ByteString) -> Result<[UInt16], UnusableName> {
        guard let text = String(validating: name.bytes, as: UTF8.self) else {
            return .failure(UnusableName(reason: "it is not UTF-8"))
        }
        if let byte = name.bytes.first(where: { $0 < 0x20 || forbidden.contains($0) }) {
            let shown = byte < 0x20 ? "control characters" : "\(Character(Unicode.Scalar(byte)))"
            return .failure(UnusableName(reason: "\(shown) must not be in it"))
        }
        if name.bytes.last == 0x2E || name.bytes.last == 0x20 {
            return .failure(UnusableName(reason: "dots and spaces at its end don't count"))
        }
        let units = Array(text.utf16)
        if units.count > limit {
            return .failure(UnusableName(reason: "it has more than 255 UTF-16 code units"))
        }
        return .success(units)
    }

    struct UnusableName: Error { let reason: String }

    /// How many entries a name of `count` units takes.
    static func entryCount(_ count: Int) -> Int { (count + unitsPerEntry - 1) / unitsPerEntry }

    /// The entries, in the order of the disk.
    static func append(_ units: [UInt16], shortName: [UInt8], to bytes: inout [UInt8]) {
        let sum = checksum(shortName)
        let count = entryCount(units.count)
        for index in (0..<count).reversed() {
            // A NUL ends a name that doesn't fill its last entry, 0xFFFF fills it.
            let part = (0..<unitsPerEntry).map { offset -> UInt16 in
                let position = index * unitsPerEntry + offset
                if position < units.count { return units[position] }
                return position == units.count ? 0 : 0xFFFF
            }
            // LDIR_Ord, LDIR_Name1, LDIR_Attr, LDIR_Type, LDIR_Chksum, LDIR_Name2, LDIR_FstClusLO, LDIR_Name3.
            bytes.append(UInt8(index + 1) | (index == count - 1 ? lastFlag : 0))
            for unit in part[0..<5] { bytes.append(little: unit) }
            bytes += [FATAttributes.longName.rawValue, 0, sum]
            for unit in part[5..<11] { bytes.append(little: unit) }
            bytes += [0, 0]
            for unit in part[11..<13] { bytes.append(little: unit) }
        }
    }

    /// The checksum of the short name that a long one belongs to (section 7.2).
    static func checksum(_ shortName: [UInt8]) -> UInt8 {
        shortName.reduce(0) { sum, byte in (sum >> 1 | sum << 7) &+ byte }
    }
}

extension LongName {
    /// Gathers the entries before a short one.
    struct Gatherer {
        private var units: [UInt16] = []
        private var expected: UInt8 = 0
        private var sum: UInt8 = 0

        mutating func reset() {
            units.removeAll(keepingCapacity: true)
            expected = 0
        }

        /// Takes the entry in the 32 bytes at `offset`; one out of order makes all so far void.
        mutating func add(_ bytes: [UInt8], at offset: Int) {
            let order = bytes[offset]
            let number = order & 0x3F
            if order & LongName.lastFlag != 0 {
                reset()
                // 20 entries hold 255 units and no more are valid.
                guard (1...20).contains(number) else { return }
                sum = bytes[offset + 13]
            } else if expected < 2 || number != expected - 1 || sum != bytes[offset + 13] {
                return reset()
            }
            expected = number
            let places = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30]
            units.insert(contentsOf: places.map { bytes.little(at: offset + $0) ?? 0 }, at: 0)
        }

        /// The name for the short one, in UTF-8; nil if what was gathered is not its.
        mutating func take(for shortName: [UInt8]) -> [UInt8]? {
            defer { reset() }
            guard expected == 1, sum == LongName.checksum(shortName) else { return nil }
            return LongName.utf8(units.prefix { $0 != 0 })
        }
    }

    /// UTF-8, a surrogate without its other half as if it were a character: other names stay other names.
    static func utf8(_ units: some Sequence<UInt16>) -> [UInt8] {
        var bytes: [UInt8] = []
        var pending: UInt32?
        func append(_ value: UInt32) {
            switch value {
            case 0..<0x80: bytes.append(UInt8(value))
            case 0x80..<0x800: bytes += [UInt8(0xC0 | value >> 6), UInt8(0x80 | value & 0x3F)]
            case 0x800..<0x10000:
                bytes += [
                    UInt8(0xE0 | value >> 12), UInt8(0x80 | value >> 6 & 0x3F), UInt8(0x80 | value & 0x3F),
                ]
            default:
                bytes += [
                    UInt8(0xF0 | value >> 18), UInt8(0x80 | value >> 12 & 0x3F),
                    UInt8(0x80 | value >> 6 & 0x3F), UInt8(0x80 | value & 0x3F),
                ]
            }
        }
        for unit in units {
            if let high = pending {
                pending = nil
                if (0xDC00..<0xE000).contains(unit) {
                    append(0x10000 + (high - 0xD800) << 10 + (UInt32(unit) - 0xDC00))
                    continue
                }
                append(high)
            }
            if (0xD800..<0xDC00).contains(unit) { pending = UInt32(unit) } else { append(UInt32(unit)) }
        }
        if let pending { append(pending) }
        return bytes
    }
}
