public import Bytes

/// Why a text is not JSON: the byte `offset` where it stops being so.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        case unexpectedEnd
        /// `found` stands where `expected` should.
        case unexpected(found: UInt8, expected: String)
        case controlCharacter(UInt8)
        case badEscape
        case badNumber
        /// Nested deeper than `limit` arrays and objects.
        case tooDeep(limit: Int)
        case trailingBytes
        /// An object has `key` twice (told by `init(strict:)` alone).
        case duplicateKey(ByteString)
        /// A string is not UTF-8 (told by `init(strict:)` alone).
        case notUTF8
    }

    public let offset: Int
    public let reason: Reason

    public var description: String { "JSON, byte \(offset): \(explanation)" }

    /// What is wrong, without the place.
    public var explanation: String {
        switch reason {
        case .unexpectedEnd: "the text ends too early"
        case .unexpected(let found, let expected): "found \(Self.name(found)), expected \(expected)"
        case .controlCharacter(let byte): "\(Self.name(byte)) inside a string must be escaped"
        case .badEscape: "unknown escape in a string"
        case .badNumber: "not a number"
        case .tooDeep(let limit): "nested deeper than \(limit) levels"
        case .trailingBytes: "something follows the value"
        case .duplicateKey(let key): "the key \"\(key.text)\" stands twice in one object"
        case .notUTF8: "a string that is not UTF-8"
        }
    }

    private static func name(_ byte: UInt8) -> String {
        (0x21..<0x7F).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    }
}

extension JSONValue {
    /// Arrays and objects may nest this deep; real documents stay below twenty.
    public static let depthLimit = 256

    /// Reads exactly one value. As in Go, the last of equal keys counts (at the
    /// place of the first), and in strings what is not UTF-8, or half a surrogate pair, becomes U+FFFD.
    public init(parsing text: [UInt8]) throws(JSONError) {
        var parser = JSONParser(text: text)
        self = try parser.document()
    }

    public init(parsing text: ByteString) throws(JSONError) { try self.init(parsing: text.bytes) }

    /// Reads exactly one value that every reader understands alike: a key that stands twice in one object, and
    /// strings that are not UTF-8, are errors. For documents that something is decided by.
    public init(strict text: [UInt8]) throws(JSONError) {
        var parser = JSONParser(text: text, isStrict: true)
        self = try parser.document()
    }
}

struct JSONParser {
    private let text: [UInt8]
    private var position = 0
    private var depth = 0
    private let isStrict: Bool

    init(text: [UInt8], isStrict: Bool = false) {
        self.text = text
        self.isStrict = isStrict
    }

    mutating func document() throws(JSONError) -> JSONValue {
        let value = try value()
        skipSpace()
        if position < text.count { throw JSONError(offset: position, reason: .trailingBytes) }
        return value
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        skipSpace()
        let byte = try peek()
        switch byte {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw JSONError(offset: position, reason: .unexpected(found: byte, expected: "a value"))
        }
    }

    private mutating func object() throws(JSONError) -> JSONValue {
        try enter()
        var members: [JSONObject.Member] = []
        var places: [ByteString: Int] = [:]
        if try !closes(UInt8(ascii: "}")) {
            repeat {
                skipSpace()
                guard try peek() == UInt8(ascii: "\"") else {
                    throw JSONError(
                        offset: position, reason: .unexpected(found: text[position], expected: "a key"))
                }
                let start = position
                let key = try string()
                if isStrict, places[key] != nil {
                    throw JSONError(offset: start, reason: .duplicateKey(key))
                }
                try expect(UInt8(ascii: ":"), "':'")
                let value = try value()
                if let place = places[key] {
                    members[place].value = value
                } else {
                    places[key] = members.count
                    members.append(JSONObject.Member(key: key, value: value))
                }
            } while try continues(UInt8(ascii: "}"), "',' or '}'")
        }
        depth -= 1
        return .object(JSONObject(unique: members))
    }

    private mutating func array() throws(JSONError) -> JSONValue {
        try enter()
        var elements: [JSONValue] = []
        if try !closes(UInt8(ascii: "]")) {
            repeat { elements.append(try value()) } while try continues(UInt8(ascii: "]"), "',' or ']'")
        }
        depth -= 1
        return .array(elements)
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        if depth > JSONValue.depthLimit {
            throw JSONError(offset: position, reason: .tooDeep(limit: JSONValue.depthLimit))
        }
        position += 1
    }
}

extension JSONParser {
    private mutating func skipSpace() {
        while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard position < text.count else { throw JSONError(offset: position, reason: .unexpectedEnd) }
        return text[position]
    }

    private mutating func closes(_ close: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        guard try peek() == close else { return false }
        position += 1
        return true
    }

    private mutating func continues(_ close: UInt8, _ expected: String) throws(JSONError) -> Bool {
        if try closes(close) { return false }
        try expect(UInt8(ascii: ","), expected)
        return true
    }

    private mutating func expect(_ byte: UInt8, _ expected: String) throws(JSONError) {
        skipSpace()
        let found = try peek()
        if found != byte {
            throw JSONError(offset: position, reason: .unexpected(found: found, expected: expected))
        }
        position += 1
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for byte in word.utf8 {
            let found = try peek()
            if found != byte {
                throw JSONError(offset: position, reason: .unexpected(found: found, expected: word))
            }
            position += 1
        }
        return value
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while position < text.count, (0x30...0x39).contains(text[position]) { position += 1 }
        if position == start { throw JSONError(offset: position, reason: .badNumber) }
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        if text[position] == UInt8(ascii: "-") { position += 1 }
        let whole = position
        try digits()
        if text[whole] == UInt8(ascii: "0"), position > whole + 1 {
            throw JSONError(offset: whole, reason: .badNumber)
        }
        var isWhole = true
        if position < text.count, text[position] == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            try digits()
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            position += 1
            if position < text.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(text[position]) {
                position += 1
            }
            try digits()
        }
        let digits = String(decoding: text[start..<position], as: UTF8.self)
        if isWhole, digits != "-0" {
            if let value = Int64(digits) { return .integer(value) }
            if let value = UInt64(digits) { return .unsigned(value) }
        }
        return .decimal(digits)
    }
}

extension JSONParser {
    private mutating func string() throws(JSONError) -> ByteString {
        position += 1
        var bytes: [UInt8] = []
        while true {
            let byte = try peek()
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return ByteString(bytes)
            case UInt8(ascii: "\\"):
                try escape(into: &bytes)
            case 0..<0x20:
                throw JSONError(offset: position, reason: .controlCharacter(byte))
            case 0x20..<0x80:
                bytes.append(byte)
                position += 1
            default:
                if let scalar = UTF8Scalar(prefixOf: text[position...]) {
                    bytes.append(contentsOf: text[position..<position + scalar.length])
                    position += scalar.length
                } else if isStrict {
                    throw JSONError(offset: position, reason: .notUTF8)
                } else {
                    bytes.append(contentsOf: "\u{FFFD}".utf8)
                    position += 1
                }
            }
        }
    }

    private mutating func escape(into bytes: inout [UInt8]) throws(JSONError) {
        let start = position
        position += 1
        let letter = try peek()
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try unicodeEscape(from: start)
            bytes.append(contentsOf: String(Character(scalar)).utf8)
        default: throw JSONError(offset: start, reason: .badEscape)
        }
    }

    private mutating func unicodeEscape(from start: Int) throws(JSONError) -> Unicode.Scalar {
        let unit = try hexadecimal(from: start)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let isHigh = (0xD800...0xDBFF).contains(unit)
        let next = position
        if isHigh, text[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
            position += 2
            let low = try hexadecimal(from: next)
            if (0xDC00...0xDFFF).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
            {
                return scalar
            }
            // Not its other half: it stands for itself.
            position = next
        }
        if isStrict { throw JSONError(offset: start, reason: .notUTF8) }
        return "\u{FFFD}"
    }

    private mutating func hexadecimal(from start: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Hexadecimal.value(try peek()) else {
                throw JSONError(offset: start, reason: .badEscape)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
