/// Header fields in order (RFC 9110 §5). Names are case-insensitive; a field may occur more than once.
public struct HTTPHeaders: Sendable, ExpressibleByDictionaryLiteral {
    public private(set) var fields: [(name: String, value: String)] = []

    public init() {}

    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0.0, value: $0.1) }
    }

    /// All values of `name`.
    public subscript(name: String) -> [String] {
        let name = name.lowercased()
        return fields.filter { $0.name.lowercased() == name }.map(\.value)
    }

    public func first(name: String) -> String? { self[name].first }

    public func contains(name: String) -> Bool { first(name: name) != nil }

    public mutating func add(name: String, value: String) { fields.append((name: name, value: value)) }

    public mutating func replaceOrAdd(name: String, value: String) {
        remove(name: name)
        add(name: name, value: value)
    }

    public mutating func remove(name: String) {
        let name = name.lowercased()
        fields.removeAll { $0.name.lowercased() == name }
    }

    /// Continues the last value (RFC 9112 §5.2, obs-fold).
    mutating func extendLast(with text: String) {
        guard let last = fields.indices.last else { return }
        fields[last].value += " \(text)"
    }
}
