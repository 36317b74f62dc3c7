extension GoYAMLWriter {
    /// A tagged text cannot be mistaken for another type, so it needs no quotes to prevent that.
    mutating func string(_ text: [Unicode.Scalar], indent: Int, isKey: Bool, tagged: Bool) {
        switch ScalarStyle.choose(text, isKey: isKey, isTagged: tagged, style: style) {
        case .plain: plain(text, indent: indent, folds: !isKey)
        case .singleQuoted: singleQuoted(text, indent: indent, folds: !isKey)
        case .doubleQuoted: doubleQuoted(text, indent: indent, folds: !isKey)
        case .literal: literal(text, indent: indent)
        }
    }

    private mutating func plain(_ text: [Unicode.Scalar], indent: Int, folds: Bool) {
        if !whitespace { put(" ") }
        flow(text, indent: indent, folds: folds, atEdges: true) { $0.put($1) }
        whitespace = false
        indention = false
    }

    private mutating func singleQuoted(_ text: [Unicode.Scalar], indent: Int, folds: Bool) {
        indicator("'", needsBlank: true)
        flow(text, indent: indent, folds: folds, atEdges: false) { writer, scalar in
            if scalar == "'" { writer.put("'") }
            writer.put(scalar)
        }
        indicator("'", needsBlank: false)
    }

    /// Folds a line at a single space beyond the width; with `atEdges`, also at the first and last character.
    private mutating func flow(
        _ text: [Unicode.Scalar], indent: Int, folds: Bool, atEdges: Bool,
        _ write: (inout GoYAMLWriter, Unicode.Scalar) -> Void
    ) {
        var spaces = false
        var breaks = false
        for (index, scalar) in text.enumerated() {
            if scalar == " " {
                let inside = atEdges || (index > 0 && index < text.count - 1)
                let single = !spaces && !(index + 1 < text.count && text[index + 1] == " ")
                if folds, inside, single, column > style.width { writeIndent(indent) } else { put(scalar) }
                spaces = true
            } else if scalar.isYAMLBreak {
                if !breaks, scalar == "\n" { putBreak() }
                putBreak(scalar)
                breaks = true
            } else {
                if breaks { writeIndent(indent) }
                write(&self, scalar)
                indention = false
                spaces = false
                breaks = false
            }
        }
    }

    private mutating func doubleQuoted(_ text: [Unicode.Scalar], indent: Int, folds: Bool) {
        indicator("\"", needsBlank: true)
        var spaces = false
        for (index, scalar) in text.enumerated() {
            if !scalar.isYAMLPrintable || scalar.isYAMLBreak || scalar == "\"" || scalar == "\\" {
                escape(scalar)
                spaces = false
            } else if scalar == " " {
                if folds, !spaces, column > style.width, index > 0, index < text.count - 1 {
                    writeIndent(indent)
                    if text[index + 1] == " " { put("\\") }
                } else {
                    put(scalar)
                }
                spaces = true
            } else {
                put(scalar)
                spaces = false
            }
        }
        indicator("\"", needsBlank: false)
    }

    private static let escapes: [UInt32: Unicode.Scalar] = [
        0x00: "0", 0x07: "a", 0x08: "b", 0x09: "t", 0x0A: "n", 0x0B: "v", 0x0C: "f", 0x0D: "r", 0x1B: "e",
        0x22: "\"", 0x5C: "\\", 0x85: "N", 0xA0: "_", 0x2028: "L", 0x2029: "P",
    ]

    private mutating func escape(_ scalar: Unicode.Scalar) {
        put("\\")
        if let letter = Self.escapes[scalar.value] { return put(letter) }
        let (letter, width): (Unicode.Scalar, Int) =
            switch scalar.value {
            case ...0xFF: ("x", 2)
            case ...0xFFFF: ("u", 4)
            default: ("U", 8)
            }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        put(letter)
        for digit in (String(repeating: "0", count: width - digits.count) + digits).unicodeScalars {
            put(digit)
        }
    }

    private mutating func literal(_ text: [Unicode.Scalar], indent: Int) {
        indicator("|", needsBlank: true)
        if let first = text.first, first == " " || first.isYAMLBreak {
            // go-yaml writes its usual indentation here, not that of the text.
            indicator(style == .v2 ? "2" : "4", needsBlank: false)
        }
        if let chomping = Self.chomping(text) { indicator(chomping, needsBlank: false) }
        putBreak()
        whitespace = true
        var breaks = true
        for scalar in text {
            if scalar.isYAMLBreak {
                putBreak(scalar)
                breaks = true
            } else {
                if breaks { writeIndent(indent) }
                put(scalar)
                indention = false
                breaks = false
            }
        }
    }

    /// The chomping indicator: `-` for no final line break, `+` for more than one, `nil` for one.
    private static func chomping(_ text: [Unicode.Scalar]) -> Unicode.Scalar? {
        guard let last = text.last, last.isYAMLBreak else { return "-" }
        guard let before = text.dropLast().last else { return "+" }
        return before.isYAMLBreak ? "+" : nil
    }
}
