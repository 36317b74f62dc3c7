/// The resolved value of a YAML scalar: the core schema of YAML 1.2 as go-yaml v3 reads it
/// (YAML 1.1 octals are numbers, dates are timestamps, `yes` and `on` are strings).
enum ResolvedScalar: Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case float(Double)
    case timestamp
    case string
    /// An explicit tag that does not match the text, such as `!!int x`.
    case contradiction

    init(_ scalar: ConfigNode.Scalar) {
        guard scalar.tag.hasPrefix(Self.tagPrefix) else {
            self = scalar.tag.isEmpty && scalar.isPlain ? Self(plain: scalar.text) : .string
            return
        }
        let meaning = Self(plain: scalar.text)
        switch (scalar.tag.dropFirst(Self.tagPrefix.count), meaning) {
        case ("null", .null), ("bool", .bool), ("int", .integer), ("int", .unsigned), ("float", .float),
            ("timestamp", .timestamp):
            self = meaning
        case ("float", .integer(let value)): self = .float(Double(value))
        case ("null", _), ("bool", _), ("int", _), ("float", _), ("timestamp", _): self = .contradiction
        default: self = .string
        }
    }

    static let tagPrefix = "tag:yaml.org,2002:"

    /// Resolves an untagged, unquoted scalar.
    init(plain text: String) {
        if let word = Self.words[text] {
            self = word
        } else if let first = text.utf8.first, first == UInt8(ascii: ".") {
            self = Self.isFloat(text) ? Self.float(of: text) : .string
        } else if let first = text.utf8.first, Self.startsNumber(first) {
            self = Self.number(text)
        } else {
            self = .string
        }
    }

    private static let words: [String: ResolvedScalar] = [
        "": .null, "~": .null, "null": .null, "Null": .null, "NULL": .null,
        "true": .bool(true), "True": .bool(true), "TRUE": .bool(true),
        "false": .bool(false), "False": .bool(false), "FALSE": .bool(false),
        ".nan": .float(.nan), ".NaN": .float(.nan), ".NAN": .float(.nan),
        ".inf": .float(.infinity), ".Inf": .float(.infinity), ".INF": .float(.infinity),
        "+.inf": .float(.infinity), "+.Inf": .float(.infinity), "+.INF": .float(.infinity),
        "-.inf": .float(-.infinity), "-.Inf": .float(-.infinity), "-.INF": .float(-.infinity),
    ]

    private static func startsNumber(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
    }

    private static func number(_ text: String) -> ResolvedScalar {
        if Timestamp.matches(text) { return .timestamp }
        let digits = text.filter { $0 != "_" }
        if let integer = integer(digits) { return integer }
        return isFloat(digits) ? float(of: digits) : .string
    }

    /// Decimal, `0x`, `0b`, `0o`, or octal with a leading zero.
    private static func integer(_ text: String) -> ResolvedScalar? {
        let sign = text.hasPrefix("-") ? "-" : ""
        var digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        var radix = 10
        for (prefix, base) in [("0x", 16), ("0b", 2), ("0o", 8)]
        where digits.hasPrefix(prefix) || digits.hasPrefix(prefix.uppercased()) {
            radix = base
            digits = digits.dropFirst(2)
        }
        if radix == 10, digits.hasPrefix("0"), digits.count > 1 { radix = 8 }
        guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-") else {
            return nil
        }
        if let value = Int64(sign + digits, radix: radix) { return .integer(value) }
        return sign.isEmpty ? UInt64(digits, radix: radix).map(ResolvedScalar.unsigned) : nil
    }

    private static func float(of text: String) -> ResolvedScalar {
        guard let value = Double(text), value.isFinite else { return .string }
        return .float(value)
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
    private static func isFloat(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        func digits() -> Int {
            let run = rest.prefix { (0x30...0x39).contains($0) }
            rest = rest.dropFirst(run.count)
            return run.count
        }
        func take(_ choices: String) -> Bool {
            guard let first = rest.first, choices.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        _ = take("+-")
        let whole = digits()
        if take(".") {
            if digits() == 0, whole == 0 { return false }
        } else if whole == 0 {
            return false
        }
        if take("eE") {
            _ = take("+-")
            if digits() == 0 { return false }
        }
        return rest.isEmpty
    }
}
