/// Base64 (RFC 4648).
public enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text of `bytes` in the standard alphabet (§4), in one line, with padding.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for index in 0..<4 {
                let digit = alphabet[Int(bits >> UInt32(18 - 6 * index) & 63)]
                text.append(index <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes that `text` stands for, as people and MIME write it; `nil` if it, white space aside, is not
    /// Base64 in the standard alphabet with its padding.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let digits = text.utf8.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let padding = padding(of: digits)
        guard digits.count.isMultiple(of: 4), padding <= 2 else { return nil }
        return bytes(of: digits.dropLast(padding), isURLSafe: false)?.bytes
    }

    /// The bytes of Base64 as signatures carry it: the standard or the URL-safe alphabet (§4 and §5; DSSE asks for
    /// both, protobuf's JSON too), with its padding or without. One text for the same bytes and no other: no white
    /// space, no mixed alphabets, no bits that mean nothing.
    public static func decodeCanonical(_ text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text.utf8)
        let padding = padding(of: digits)
        if padding > 0, padding > 2 || !digits.count.isMultiple(of: 4) { return nil }
        let isURLSafe = digits.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        guard let (bytes, rest) = bytes(of: digits.dropLast(padding), isURLSafe: isURLSafe), rest == 0 else {
            return nil
        }
        return bytes
    }

    private static func padding(of digits: [UInt8]) -> Int {
        digits.reversed().prefix { $0 == UInt8(ascii: "=") }.count
    }

    /// The bytes of digits without padding, and the bits at the end that make no byte.
    private static func bytes(
        of digits: ArraySlice<UInt8>, isURLSafe: Bool
    ) -> (bytes: [UInt8], rest: UInt32)? {
        guard digits.count % 4 != 1 else { return nil }
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
        return (bytes, bits)
    }

    private static func value(_ digit: UInt8, isURLSafe: Bool) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+") where !isURLSafe: 62
        case UInt8(ascii: "/") where !isURLSafe: 63
        case UInt8(ascii: "-") where isURLSafe: 62
        case UInt8(ascii: "_") where isURLSafe: 63
        default: nil
        }
    }
}
