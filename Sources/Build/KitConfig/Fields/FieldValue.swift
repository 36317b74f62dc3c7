internal import JSON

/// Which of LinuxKit's texts a configuration is written as.
enum GoForm {
    /// `encoding/json`.
    case json
    /// go-yaml in its second or third version.
    case yaml(GoYAMLStyle)
}

/// A type that a field of a configuration can have: read from YAML, written as Go would.
protocol FieldValue: Sendable {
    /// What a person calls it: `a string`, `a list of strings`.
    static var shape: String { get }

    /// What a person calls several: `strings`.
    static var plural: String { get }

    /// `nil` if `node` is something else; then a problem is recorded.
    static func decode(_ node: ConfigNode, _ context: inout DecodeContext) -> Self?

    func encoded(_ form: GoForm) -> JSONValue

    /// What Go's `omitempty` leaves out.
    var isEmptyInGo: Bool { get }

    /// What YAML's null stands for, if it may.
    static var null: Self? { get }
}

extension FieldValue {
    static var null: Self? { nil }

    static var plural: String { shape.drop { $0 != " " }.dropFirst() + "s" }

    /// The scalar and what it means, or a problem saying that a `shape` was expected.
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
