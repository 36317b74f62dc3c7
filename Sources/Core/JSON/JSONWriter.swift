internal import Bytes

/// How the text is laid out.
public enum JSONLayout: Hashable, Sendable {
    /// No space anywhere, as Go's `json.Marshal`.
    case compact
    /// One element a line, nested by so many spaces, as Go's `json.MarshalIndent`.
    case indented(spaces: Int)

    public static let fourSpaces = JSONLayout.indented(spaces: 4)
}

extension JSONValue {
    /// The bytes that Go's `encoding/json` writes for the same value, without a
    /// newline at the end. `escapingHTML` is Go's default: `<`, `>`, `&` become `\u003c`, ….
    public func encoded(_ layout: JSONLayout = .fourSpaces, escapingHTML: Bool = true) -> [UInt8] {
        var writer = JSONWriter(layout: layout, escapingHTML: escapingHTML)
        writer.write(self, depth: 0)
        return writer.output
    }
}

struct JSONWriter {
    private(set) var output: [UInt8] = []
    private let spaces: Int?
    private let escapingHTML: Bool

    init(layout: JSONLayout, escapingHTML: Bool) {
        self.escapingHTML = escapingHTML
        switch layout {
        case .compact: spaces = nil
        case .indented(let count): spaces = max(0, count)
        }
    }

    mutating func write(_ value: JSONValue, depth: Int) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .integer(let value): append(String(value))
        case .unsigned(let value): append(String(value))
        case .decimal(let text): append(text)
        case .string(let bytes): writeString(bytes)
        case .array(let elements):
            write(elements, open: "[", close: "]", depth: depth) { writer, element in
                writer.write(element, depth: depth + 1)
            }
        case .object(let object):
            write(object.members, open: "{", close: "}", depth: depth) { writer, member in
                writer.writeString(member.key)
                writer.append(writer.spaces == nil ? ":" : ": ")
                writer.write(member.value, depth: depth + 1)
            }
        }
    }

    private mutating func write<Element>(
        _ elements: [Element], open: StaticString, close: StaticString, depth: Int,
        each: (inout JSONWriter, Element) -> Void
    ) {
        append(open)
        for (index, element) in elements.enumerated() {
            if index > 0 { append(",") }
            newLine(depth: depth + 1)
            each(&self, element)
        }
        if !elements.isEmpty { newLine(depth: depth) }
        append(close)
    }

    private mutating func newLine(depth: Int) {
        guard let spaces else { return }
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: spaces * depth))
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { output.append(contentsOf: $0) }
    }

    private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }
}

extension JSONWriter {
    private mutating func writeString(_ string: ByteString) {
        output.append(UInt8(ascii: "\""))
        var rest = string.bytes[...]
        while let byte = rest.first {
            if byte < 0x80 {
                writeASCII(byte)
                rest.removeFirst()
            } else if let scalar = UTF8Scalar(prefixOf: rest) {
                // JavaScript ends a line at these two, so Go escapes them.
                if scalar.value == 0x2028 || scalar.value == 0x2029 {
                    append(scalar.value == 0x2028 ? "\\u2028" : "\\u2029")
                } else {
                    output.append(contentsOf: rest.prefix(scalar.length))
                }
                rest = rest.dropFirst(scalar.length)
            } else {
                append("\\ufffd")
                rest.removeFirst()
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private mutating func writeASCII(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x0C: append("\\f")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        case 0..<0x20: writeEscape(byte)
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
            if escapingHTML { writeEscape(byte) } else { output.append(byte) }
        default: output.append(byte)
        }
    }

    private mutating func writeEscape(_ byte: UInt8) {
        append("\\u00")
        Hexadecimal.append(byte, to: &output)
    }
}
