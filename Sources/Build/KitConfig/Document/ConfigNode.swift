/// A YAML node with its place: aliases and merge keys are resolved, scalars are not yet typed.
package struct ConfigNode: Sendable {
    package enum Content: Sendable {
        case scalar(Scalar)
        case sequence([ConfigNode])
        case mapping([Pair])
    }

    package struct Scalar: Sendable {
        package var text: String
        /// True if neither quotes nor a block make it a string.
        var isPlain: Bool
        /// An explicit tag such as `tag:yaml.org,2002:str`; empty if there is none.
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

    /// What a person calls it, with the text if it is short.
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

    /// Quoted, on one line, at most about forty characters.
    static func quote(_ text: String) -> String {
        let line = text.unicodeScalars.map { $0.value < 0x20 ? $0.escaped(asASCII: true) : String($0) }
            .joined()
        return line.count > 40 ? "\"\(line.prefix(40))…\"" : "\"\(line)\""
    }
}
