internal import JSON

/// A mapping with known keys.
protocol ConfigRecord: FieldValue, NestingFieldValue {
    init()
    /// The fields, in the order in which Go writes them.
    static var fields: [Field<Self>] { get }
    /// Checks the whole record once its fields are decoded.
    mutating func finish(at locations: FieldLocations, _ context: inout DecodeContext)
}

extension ConfigRecord {
    mutating func finish(at locations: FieldLocations, _ context: inout DecodeContext) {}

    static var shape: String { "a mapping" }

    static var nestedFields: [FieldSummary] {
        fields.map {
            FieldSummary(
                key: $0.key, aliases: $0.aliases, shape: $0.shape, isRequired: $0.isRequired,
                summary: $0.summary, nested: $0.nested)
        }
    }

    static func decode(_ node: ConfigNode, _ context: inout DecodeContext) -> Self? {
        guard case .mapping(let pairs) = node.content else {
            context.reportType(node, expected: shape)
            return nil
        }
        return decode(pairs, at: node.location, &context)
    }

    static func decode(
        _ pairs: [ConfigNode.Pair], at location: SourceLocation, requiring: Bool = true,
        _ context: inout DecodeContext
    ) -> Self {
        var record = Self()
        var locations = FieldLocations()
        locations.record = location
        for pair in pairs {
            guard let field = fields.first(where: { $0.key == pair.key || $0.aliases.contains(pair.key) })
            else {
                context.report(unknown(pair.key), at: pair.keyLocation)
                continue
            }
            if locations.fields[field.key] != nil {
                context.report("\"\(pair.key)\" repeats \"\(field.key)\"", at: pair.keyLocation)
            }
            locations.note(pair.value, as: field.key)
            context.inside(".\(pair.key)") { field.decode(pair.value, &record, &$0) }
        }
        for field in fields where requiring && field.isRequired && locations.fields[field.key] == nil {
            context.report("\"\(field.key)\" is missing", at: location)
        }
        record.finish(at: locations, &context)
        return record
    }

    private static func unknown(_ key: String) -> String {
        let known = fields.flatMap { [$0.key] + $0.aliases }
        let message = "unknown key \(ConfigNode.quote(key))"
        guard let nearest = NearestKey.find(key, among: known) else {
            return "\(message); valid keys: \(known.joined(separator: ", "))"
        }
        return "\(message), did you mean \"\(nearest)\"?"
    }

    func encoded(_ form: GoForm) -> JSONValue {
        var object = JSONObject()
        for field in Self.fields {
            if let (key, value) = field.encode(self, form) { object[key] = value }
        }
        return .object(object)
    }

    /// Go considers a structure empty if all of its fields are.
    var isEmptyInGo: Bool { encoded(.json).object?.isEmpty ?? true }
}
