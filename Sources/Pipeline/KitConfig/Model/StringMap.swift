internal import Bytes
internal import JSON

/// Strings by name, sorted by the bytes of the names: `sysctl`, `annotations`.
public struct StringMap: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    public struct Entry: Hashable, Sendable {
        public var key: String
        public var value: String
    }

    public private(set) var entries: [Entry]

    /// If a name is repeated, its last value counts.
    public init(_ pairs: [(key: String, value: String)] = []) {
        var object = JSONObject()
        for (key, value) in pairs { object[key] = .text(value) }
        entries = object.sorted.members.map { Entry(key: $0.key.text, value: $0.value.string ?? "") }
    }

    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { (key: $0.0, value: $0.1) })
    }

    public var isEmpty: Bool { entries.isEmpty }
}

extension StringMap: FieldValue {
    static var shape: String { "a mapping of strings" }

    static func decode(_ node: ConfigNode, _ context: inout DecodeContext) -> Self? {
        guard case .mapping(let pairs) = node.content else {
            context.reportType(node, expected: shape)
            return nil
        }
        return StringMap(
            pairs.compactMap { pair in
                context.inside(".\(pair.key)") { String.decode(pair.value, &$0) }.map { (pair.key, $0) }
            })
    }

    func encoded(_ form: GoForm) -> JSONValue {
        var ordered = entries
        if case .yaml(let style) = form {
            ordered.sort { GoYAMLKeyOrder.precedes($0.key, $1.key, style: style) }
        }
        var object = JSONObject()
        for entry in ordered { object[entry.key] = .text(entry.value) }
        return .object(object)
    }

    var isEmptyInGo: Bool { isEmpty }
}
