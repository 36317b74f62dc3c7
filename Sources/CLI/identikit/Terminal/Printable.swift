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
