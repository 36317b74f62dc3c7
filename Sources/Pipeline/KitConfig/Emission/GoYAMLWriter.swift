internal import Bytes
internal import JSON

/// Writes a value in go-yaml's block style.
///
/// The state matches libyaml's emitter: the column, whether a blank was just written, and whether
/// the line holds only indentation so far.
struct GoYAMLWriter {
    private(set) var output: [UInt8] = []
    let style: GoYAMLStyle
    var column = 0
    var whitespace = true
    var indention = true

    private enum Parent { case root, sequence, mapping }

    private init(style: GoYAMLStyle) { self.style = style }

    static func document(_ value: JSONValue, style: GoYAMLStyle) -> [UInt8] {
        var writer = GoYAMLWriter(style: style)
        writer.node(value, indent: -1, in: .root)
        writer.writeIndent(0)
        return writer.output
    }

    private mutating func node(_ value: JSONValue, indent: Int, in parent: Parent) {
        switch value {
        case .null: plainWord("null")
        case .bool(let value): plainWord(value ? "true" : "false")
        case .integer(let value): plainWord(String(value))
        case .unsigned(let value): plainWord(String(value))
        case .decimal(let text): plainWord(text)
        case .string(let bytes): string(bytes, indent: deeper(indent, in: parent), isKey: false)
        case .array(let elements) where elements.isEmpty: empty("[", "]")
        case .array(let elements): sequence(elements, indent: indent, in: parent)
        case .object(let object) where object.isEmpty: empty("{", "}")
        case .object(let object): mapping(object, indent: deeper(indent, in: parent))
        }
    }

    /// The indentation of a nested block: v2 adds two; v3 aligns to multiples of four, but to two after `- `.
    private func deeper(_ indent: Int, in parent: Parent) -> Int {
        if indent < 0 { return 0 }
        if style == .v2 || parent == .sequence { return indent + 2 }
        return (indent / style.indent + 1) * style.indent
    }

    private mutating func sequence(_ elements: [JSONValue], indent: Int, in parent: Parent) {
        // v2 does not indent a list that is the value of a key.
        let inner = style == .v2 && parent == .mapping ? indent : deeper(indent, in: parent)
        for element in elements {
            writeIndent(inner)
            indicator("-", needsBlank: true, keepsIndention: true)
            node(element, indent: inner, in: .sequence)
        }
    }

    private mutating func mapping(_ object: JSONObject, indent: Int) {
        for member in object.members {
            writeIndent(indent)
            if isSimpleKey(member.key) {
                string(member.key, indent: indent, isKey: true)
                indicator(":", needsBlank: false)
            } else {
                indicator("?", needsBlank: true, keepsIndention: true)
                string(member.key, indent: deeper(indent, in: .mapping), isKey: false)
                writeIndent(indent)
                indicator(":", needsBlank: true, keepsIndention: true)
            }
            node(member.value, indent: indent, in: .mapping)
        }
    }

    /// Whether the key can be a simple key: at most 128 bytes on one line.
    private func isSimpleKey(_ key: ByteString) -> Bool {
        key.count <= 128 && !key.text.unicodeScalars.contains(where: \.isYAMLBreak)
    }

    private mutating func empty(_ open: Unicode.Scalar, _ close: Unicode.Scalar) {
        indicator(open, needsBlank: true)
        indicator(close, needsBlank: false)
    }

    private mutating func plainWord(_ word: String) {
        if !whitespace { put(" ") }
        for scalar in word.unicodeScalars { put(scalar) }
        whitespace = false
        indention = false
    }
}

extension GoYAMLWriter {
    mutating func put(_ scalar: Unicode.Scalar) {
        output.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
        column += 1
    }

    /// Writes a line break, of the text itself or between lines.
    mutating func putBreak(_ scalar: Unicode.Scalar = "\n") {
        put(scalar)
        column = 0
        indention = true
    }

    mutating func writeIndent(_ indent: Int) {
        if !indention || column > indent || (column == indent && !whitespace) { putBreak() }
        while column < indent { put(" ") }
        whitespace = true
        indention = true
    }

    mutating func indicator(_ sign: Unicode.Scalar, needsBlank: Bool, keepsIndention: Bool = false) {
        if needsBlank, !whitespace { put(" ") }
        put(sign)
        whitespace = false
        indention = indention && keepsIndention
    }

    /// Writes a string that is not UTF-8 as `!!binary`, in lines of 70 digits.
    mutating func string(_ bytes: ByteString, indent: Int, isKey: Bool) {
        if let text = String(validating: bytes.bytes, as: UTF8.self) {
            return string(Array(text.unicodeScalars), indent: indent, isKey: isKey, tagged: false)
        }
        let digits = Array(Base64.encode(bytes.bytes).unicodeScalars)
        var lines: [Unicode.Scalar] = []
        for start in stride(from: 0, to: digits.count, by: 70) {
            lines += digits[start..<min(start + 70, digits.count)]
            if digits.count >= 70 { lines.append("\n") }
        }
        for scalar in "!!binary".unicodeScalars {
            if scalar == "!", !whitespace { put(" ") }
            put(scalar)
            whitespace = scalar == "!"
        }
        whitespace = false
        indention = false
        string(lines, indent: indent, isKey: isKey, tagged: true)
    }
}
