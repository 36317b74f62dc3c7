/// A YAML node with its location. Aliases and merge keys are resolved; scalars are not typed yet.
package struct ConfigNode: Sendable {
    package enum Content: Sendable {
        case scalar(Scalar)
        case sequence([ConfigNode])
        case mapping([Pair])
    }

    package struct Scalar: Sendable {
        package var text: String
        /// Whether the scalar is plain: neither quoted nor a block scalar.
        var isPlain: Bool
        /// An explicit tag such as `tag:yaml.org,2002:str`; empty if missing.
        var tag: String
    }

    package struct Pair: Sendable {
        package var key: String
        package var keyLocation: SourceLocation
        package var value: ConfigNode
    }

    package var location: SourceLocation
    package var content: Content

    package var isNull: Bool {
        if case .scalar(let scalar) = content { ResolvedScalar(scalar) == .null } else { false }
    }

    /// The description used in messages, with the text if it is short.
    var summary: String {
        switch content {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar(let scalar):
            switch ResolvedScalar(scalar) {
            case .null: "nothing"
            default: Self.quote(scalar.text)
            }
        }
    }

    /// Quotes a text on one line, shortened to about forty characters.
    static func quote(_ text: String) -> String {
        let line = text.unicodeScalars.map { $0.value < 0x20 ? $0.escaped(asASCII: true) : String($0) }
            .joined()
        return line.count > 40 ? "\"\(line.prefix(40))…\"" : "\"\(line)\""
    }
}
