/// What Debian policy allows in names that we hand to apt: nothing that apt could read as an option.
enum DebianName {
    /// Policy 5.6.1: at least two of small letters, digits, `+`, `-`, `.`, a letter or digit first.
    static func isPackage(_ text: String) -> Bool {
        text.utf8.count >= 2 && startsWithLetterOrDigit(text)
            && text.utf8.allSatisfy { isSmallLetter($0) || isDigit($0) || "+-.".utf8.contains($0) }
    }

    /// Policy 5.6.12: letters, digits and `. + - ~ :`.
    static func isVersion(_ text: String) -> Bool {
        startsWithLetterOrDigit(text)
            && text.utf8.allSatisfy {
                isSmallLetter($0 | 0x20) || isDigit($0) || ".+-~:".utf8.contains($0)
            }
    }

    static func isSuite(_ text: String) -> Bool {
        startsWithLetterOrDigit(text)
            && text.utf8.allSatisfy { isSmallLetter($0) || isDigit($0) || "-./".utf8.contains($0) }
    }

    private static func startsWithLetterOrDigit(_ text: String) -> Bool {
        text.utf8.first.map { isSmallLetter($0 | 0x20) || isDigit($0) } ?? false
    }

    private static func isSmallLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
