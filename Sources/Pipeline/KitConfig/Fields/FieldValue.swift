internal import JSON

/// The text form in which a configuration is written.
enum GoForm {
    /// JSON as written by `encoding/json`.
    case json
    /// YAML as written by go-yaml v2 or v3.
    case yaml(GoYAMLStyle)
}

/// The type of a configuration field, read from YAML and written as Go writes it.
protocol FieldValue: Sendable {
    /// The name used in messages: `a string`, `a list of strings`.
    static var shape: String { get }

    /// The plural used in messages: `strings`.
    static var plural: String { get }

    /// Decodes `node`; reports a problem and returns `nil` if it has another type.
    static func decode(_ node: ConfigNode, _ context: inout DecodeContext) -> Self?

    func encoded(_ form: GoForm) -> JSONValue

    /// Whether Go's `omitempty` omits the value.
    var isEmptyInGo: Bool { get }

    /// The value for YAML's null, if null is allowed.
    static var null: Self? { get }
}

extension FieldValue {
    static var null: Self? { nil }

    static var plural: String { shape.drop { $0 != " " }.dropFirst() + "s" }

    /// Returns the scalar and its resolved value; otherwise reports that a `shape` was expected.
    static func scalar(
        _ node: ConfigNode, _ context: inout DecodeContext
    ) -> (scalar: ConfigNode.Scalar, meaning: ResolvedScalar)? {
        guard case .scalar(let scalar) = node.content else {
            context.reportType(node, expected: shape)
            return nil
        }
        return (scalar, ResolvedScalar(scalar))
    }
}

extension Optional: FieldValue where Wrapped: FieldValue {
    static var shape: String { Wrapped.shape }

    static func decode(_ node: ConfigNode, _ context: inout DecodeContext) -> Self? {
        Wrapped.decode(node, &context).map(Self.some)
    }

    func encoded(_ form: GoForm) -> JSONValue { self?.encoded(form) ?? .null }

    var isEmptyInGo: Bool { self == nil }

    static var null: Self? { .some(nil) }
}

extension Array: FieldValue where Element: FieldValue {
    static var shape: String { "a list of \(Element.plural)" }

    static func decode(_ node: ConfigNode, _ context: inout DecodeContext) -> Self? {
        guard case .sequence(let nodes) = node.content else {
            context.reportType(node, expected: shape)
            return nil
        }
        return nodes.enumerated().compactMap { index, node in
            context.inside("[\(index)]") { Element.decode(node, &$0) }
        }
    }

    func encoded(_ form: GoForm) -> JSONValue { .array(map { $0.encoded(form) }) }

    var isEmptyInGo: Bool { isEmpty }
}
