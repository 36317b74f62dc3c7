internal import JSON

/// The name under which Go writes a field, and when it does.
struct Emission: Sendable {
    enum Presence: Sendable { case always, unlessEmpty, never }

    var yaml: Presence
    var json: Presence
    /// The name in the output; `nil` for the key itself.
    var yamlKey: String?
    var jsonKey: String?

    /// A field of LinuxKit's own structures, which use the same name and `omitempty` in both forms.
    static let omitEmpty = Emission(yaml: .unlessEmpty, json: .unlessEmpty)
    static let always = Emission(yaml: .always, json: .always)

    /// A field of the OCI runtime specification's structures, which declare names for JSON only:
    /// go-yaml writes every field, in lower case.
    static func specification(_ yamlKey: String, json: String? = nil, omitEmpty: Bool = true) -> Emission {
        Emission(yaml: .always, json: omitEmpty ? .unlessEmpty : .always, yamlKey: yamlKey, jsonKey: json)
    }
}

/// One field of a record: its name, how it is decoded, checked and encoded, and its documentation.
struct Field<Record>: Sendable {
    let key: String
    /// Other accepted spellings.
    let aliases: [String]
    let shape: String
    let isRequired: Bool
    let summary: String
    let decode: @Sendable (ConfigNode, inout Record, inout DecodeContext) -> Void
    /// Encodes the field; `nil` if the form omits it.
    let encode: @Sendable (Record, GoForm) -> (key: String, value: JSONValue)?
    /// The fields of the nested record, for the documentation.
    let nested: [FieldSummary]

    init<Value: FieldValue>(
        _ key: String, _ path: any WritableKeyPath<Record, Value> & Sendable, _ emission: Emission,
        aliases: [String] = [], required: Bool = false, _ summary: String,
        check: (@Sendable (Value) -> String?)? = nil
    ) {
        self.key = key
        self.aliases = aliases
        self.summary = summary
        shape = Value.shape
        isRequired = required
        nested = (Value.self as? any NestingFieldValue.Type)?.nestedFields ?? []
        decode = { node, record, context in
            // Output of go-yaml must be readable: it writes missing parts as null.
            if emission.yaml == .always, let null = Value.null, node.isNull {
                record[keyPath: path] = null
                return
            }
            guard let value = Value.decode(node, &context) else { return }
            if let reason = check?(value) { context.report(reason, at: node.location) }
            record[keyPath: path] = value
        }
        encode = { record, form in
            let value = record[keyPath: path]
            let (presence, name) =
                switch form {
                case .json: (emission.json, emission.jsonKey)
                case .yaml: (emission.yaml, emission.yamlKey)
                }
            if presence == .never || presence == .unlessEmpty && value.isEmptyInGo { return nil }
            return (name ?? key, value.encoded(form))
        }
    }

    /// A field that both forms omit when it is empty.
    init<Value: FieldValue>(
        _ key: String, _ path: any WritableKeyPath<Record, Value> & Sendable, aliases: [String] = [],
        required: Bool = false, _ summary: String, check: (@Sendable (Value) -> String?)? = nil
    ) {
        self.init(key, path, .omitEmpty, aliases: aliases, required: required, summary, check: check)
    }

    /// A list of strings, each checked and reported at its own location.
    static func list(
        _ key: String, _ path: any WritableKeyPath<Record, [String]?> & Sendable, _ summary: String,
        each check: @escaping @Sendable (String) -> String?
    ) -> Field {
        Field(base: Field(key, path, summary)) { node, context in
            guard case .sequence(let nodes) = node.content else { return }
            for (index, node) in nodes.enumerated() {
                guard case .scalar(let scalar) = node.content, let reason = check(scalar.text) else {
                    continue
                }
                context.inside("[\(index)]") { $0.report(reason, at: node.location) }
            }
        }
    }

    /// `base` with an additional check of the decoded node.
    private init(base: Field, also inspect: @escaping @Sendable (ConfigNode, inout DecodeContext) -> Void) {
        key = base.key
        aliases = base.aliases
        shape = base.shape
        isRequired = base.isRequired
        summary = base.summary
        encode = base.encode
        nested = base.nested
        decode = { node, record, context in
            base.decode(node, &record, &context)
            inspect(node, &context)
        }
    }
}

/// A field as shown in the documentation.
public struct FieldSummary: Hashable, Sendable {
    public var key: String
    public var aliases: [String]
    public var shape: String
    public var isRequired: Bool
    public var summary: String
    public var nested: [FieldSummary]
}

/// A value that has fields of its own.
protocol NestingFieldValue {
    static var nestedFields: [FieldSummary] { get }
}

extension Optional: NestingFieldValue where Wrapped: NestingFieldValue {
    static var nestedFields: [FieldSummary] { Wrapped.nestedFields }
}

extension Array: NestingFieldValue where Element: NestingFieldValue {
    static var nestedFields: [FieldSummary] { Element.nestedFields }
}
