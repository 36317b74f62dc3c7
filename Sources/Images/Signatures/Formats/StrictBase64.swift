/// Base64 as signatures carry it: the standard or the URL-safe alphabet (RFC 4648, sections 4 and 5; DSSE asks for
/// both, protobuf's JSON too), with its padding or without. One text for the same bytes and no other: no white
/// space, no mixed alphabets, no bits that mean nothing.
enum StrictBase64 {
    /// The bytes; nil if `text` is anything else.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var digits = Array(text.utf8)
        let padding = digits.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        if padding > 0, padding > 2 || !digits.count.isMultiple(of: 4) { return nil }
        digits.removeLast(padding)
        guard digits.count % 4 != 1, padding == 0 || padding == 4 - digits.count % 4 else { return nil }
        let isURLSafe = digits.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var held = 0
        for digit in digits {
            guard let value = value(digit, isURLSafe: isURLSafe) else { return nil }
            bits = bits << 6 | value
            held += 6
            guard held >= 8 else { continue }
            held -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
            bits &= (1 << UInt32(held)) - 1
        }
        return bits == 0 ? bytes : nil
    }

    private static func value(_ digit: UInt8, isURLSafe: Bool) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+") where !isURLSafe, UInt8(ascii: "-"): 62
        case UInt8(ascii: "/") where !isURLSafe, UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
