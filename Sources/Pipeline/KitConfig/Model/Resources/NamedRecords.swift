internal import JSON

/// Mappings by name, sorted by the bytes of the names.
public struct NamedRecords<Value: Hashable & Sendable>: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public var key: String
        public var value: Value
    }

    public private(set) var entries: [Entry]

    /// If a name is repeated, its last value counts.
    public init(_ pairs: [(key: String, value: Value)] = []) {
        entries = []
        for (key, value) in pairs {
            entries.removeAll { $0.key.utf8.elementsEqual(key.utf8) }
            entries.append(Entry(key: key, value: value))
        }
        entries.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    public var isEmpty: Bool { entries.isEmpty }
}

extension NamedRecords: FieldValue, NestingFieldValue where Value: ConfigRecord {
    static var shape: String { "a mapping of mappings" }
    static var nestedFields: [FieldSummary] { Value.nestedFields }

    static func decode(_ node: ConfigNode, _ context: inout DecodeContext) -> Self? {
        guard case .mapping(let pairs) = node.content else {
            context.reportType(node, expected: shape)
            return nil
        }
        return Self(
            pairs.compactMap { pair in
                context.inside(".\(pair.key)") { Value.decode(pair.value, &$0) }.map { (pair.key, $0) }
            })
    }

    func encoded(_ form: GoForm) -> JSONValue {
        var ordered = entries
        if case .yaml(let style) = form {
            ordered.sort { GoYAMLKeyOrder.precedes($0.key, $1.key, style: style) }
        }
        var object = JSONObject()
        for entry in ordered { object[entry.key] = entry.value.encoded(form) }
        return .object(object)
    }

    var isEmptyInGo: Bool { isEmpty }
}
