internal import Bytes
internal import JSON

extension String: FieldValue {
    static var shape: String { "a string" }

    static func decode(_ node: ConfigNode, _ context: inout DecodeContext) -> Self? {
        ByteString.decode(node, &context)?.text
    }

    func encoded(_ form: GoForm) -> JSONValue { .text(self) }
    var isEmptyInGo: Bool { isEmpty }
}

/// A string of arbitrary bytes, which YAML writes as `!!binary`.
extension ByteString: FieldValue {
    static var shape: String { "a string" }

    static func decode(_ node: ConfigNode, _ context: inout DecodeContext) -> Self? {
        guard let (scalar, meaning) = scalar(node, &context) else { return nil }
        if scalar.tag == ResolvedScalar.tagPrefix + "binary" {
            if let bytes = Base64.decode(scalar.text) { return ByteString(bytes) }
            context.report("invalid Base64 in !!binary", at: node.location)
            return nil
        }
        switch meaning {
        case .string, .timestamp: return ByteString(scalar.text)
        case .null, .contradiction: context.reportType(node, expected: shape)
        default:
            context.report(
                "expected a string, found \(scalar.text): put it in quotes", at: node.location)
        }
        return nil
    }

    func encoded(_ form: GoForm) -> JSONValue { .string(self) }
    var isEmptyInGo: Bool { isEmpty }
}

extension Bool: FieldValue {
    static var shape: String { "true or false" }

    static func decode(_ node: ConfigNode, _ context: inout DecodeContext) -> Self? {
        guard let (_, meaning) = scalar(node, &context) else { return nil }
        if case .bool(let value) = meaning { return value }
        context.reportType(node, expected: shape)
        return nil
    }

    func encoded(_ form: GoForm) -> JSONValue { .bool(self) }
    var isEmptyInGo: Bool { !self }
}

/// An integer of Go's type of the same width; as in LinuxKit, `1.0` counts as one.
protocol IntegerFieldValue: FieldValue, FixedWidthInteger {}

extension IntegerFieldValue {
    static var shape: String { "an integer" }

    static func decode(_ node: ConfigNode, _ context: inout DecodeContext) -> Self? {
        guard let (scalar, meaning) = scalar(node, &context) else { return nil }
        let value: Self?
        switch meaning {
        case .integer(let integer): value = Self(exactly: integer)
        case .unsigned(let integer): value = Self(exactly: integer)
        case .float(let number) where number.rounded() == number: value = Self(exactly: number)
        default:
            context.reportType(node, expected: shape)
            return nil
        }
        if value == nil {
            context.report("\(scalar.text) is outside \(Self.min) … \(Self.max)", at: node.location)
        }
        return value
    }

    func encoded(_ form: GoForm) -> JSONValue {
        Int64(exactly: self).map(JSONValue.integer) ?? .number(UInt64(self))
    }

    var isEmptyInGo: Bool { self == 0 }
}

extension Int64: IntegerFieldValue {}
extension UInt64: IntegerFieldValue {}
extension UInt32: IntegerFieldValue {}
extension UInt16: IntegerFieldValue {}
