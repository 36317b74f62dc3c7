extension String {
    /// The text without what would have a terminal do something or show it in another order: control characters
    /// but line feeds and tabs, and what turns the direction of writing (Unicode, UAX #9). Names and messages come
    /// from files and servers.
    var printable: String {
        guard unicodeScalars.contains(where: { !$0.isHarmless }) else { return self }
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars { text.append(scalar.isHarmless ? scalar : "\u{FFFD}") }
        return Self(text)
    }

    /// A JSON text with such characters, which stand in strings alone, as `\\u` and four digits (RFC 8259 §7).
    var escapedForJSON: String {
        guard unicodeScalars.contains(where: { !$0.isHarmless }) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            if scalar.isHarmless {
                text.unicodeScalars.append(scalar)
            } else {
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return text
    }
}

extension Unicode.Scalar {
    fileprivate var isHarmless: Bool {
        switch value {
        case 0x09, 0x0A: true
        case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: false
        default: true
        }
    }
}
