/// The two versions of go-yaml whose output LinuxKit produces.
public enum GoYAMLStyle: Hashable, Sendable {
    /// v2, used for `metadata: yaml`: two spaces, lists not indented, lines folded near 80 columns.
    case v2
    /// v3, used for `--dry-run`: four spaces, lists indented, no folding.
    case v3

    var indent: Int { self == .v2 ? 2 : 4 }
    var width: Int { self == .v2 ? 80 : .max }
}

/// The order in which go-yaml writes the keys of a map: natural, `a2` before `a10`, letters last.
enum GoYAMLKeyOrder {
    static func precedes(_ left: String, _ right: String, style: GoYAMLStyle) -> Bool {
        let a = Array(left.unicodeScalars)
        let b = Array(right.unicodeScalars)
        guard let i = zip(a, b).enumerated().first(where: { $1.0 != $1.1 })?.offset else {
            return a.count < b.count
        }
        switch (isLetter(a[i]), isLetter(b[i])) {
        case (true, true): return a[i] < b[i]
        case (false, false): return precedesNumerically(a, b, from: i)
        case (let letter, _):
            // v3 puts `a1b` before `a10`: a letter after digits ends the number.
            let afterDigits = style == .v3 && i > 0 && isDigit(a[i - 1])
            return afterDigits ? letter : !letter
        }
    }

    private static func precedesNumerically(
        _ a: [Unicode.Scalar], _ b: [Unicode.Scalar], from i: Int
    ) -> Bool {
        var start = 0
        if a[i] == "0" || b[i] == "0" {
            // A zero after other digits is not a leading zero.
            let digits = a[..<i].reversed().prefix(while: isDigit)
            if digits.contains(where: { $0 != "0" }) { start = 1 }
        }
        let (leftEnd, leftNumber) = number(a, from: i, start: start)
        let (rightEnd, rightNumber) = number(b, from: i, start: start)
        if leftNumber != rightNumber { return leftNumber < rightNumber }
        if leftEnd != rightEnd { return leftEnd < rightEnd }
        return a[i] < b[i]
    }

    /// The value of the digits; overflow wraps around as in Go.
    private static func number(_ text: [Unicode.Scalar], from i: Int, start: Int) -> (end: Int, value: Int64)
    {
        var value = Int64(start)
        var end = i
        while end < text.count, isDigit(text[end]) {
            value = value &* 10 &+ (Int64(text[end].value) - 0x30)
            end += 1
        }
        return (end, value)
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .decimalNumber
    }
}
