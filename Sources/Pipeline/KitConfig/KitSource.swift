/// The text of one configuration and its name in messages, usually its path; `-` for standard input.
public struct KitSource: Hashable, Sendable {
    public var name: String
    public var text: [UInt8]

    public init(name: String, text: [UInt8]) {
        self.name = name
        self.text = text
    }

    public init(name: String, text: String) { self.init(name: name, text: Array(text.utf8)) }
}

/// A location in a source. Lines and columns count from 1, columns in Unicode scalars.
public struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
    public var source: String
    public var line: Int
    public var column: Int

    public init(source: String, line: Int, column: Int) {
        self.source = source
        self.line = line
        self.column = column
    }

    /// The location as `file:line:column`, the form that editors and compilers use.
    public var description: String { "\(source):\(line):\(column)" }
}

/// The locations of a record and its fields, for messages. Any two are equal, so that locations do
/// not affect the equality of records.
public struct FieldLocations: Hashable, Sendable {
    public internal(set) var record: SourceLocation?
    private(set) var fields: [String: SourceLocation] = [:]

    public init() {}

    /// The location of the value of `key`, or of `key[index]` in a list; otherwise that of the record.
    public subscript(key: String) -> SourceLocation? { fields[key] ?? record }

    mutating func note(_ node: ConfigNode, as key: String) {
        fields[key] = node.location
        guard case .sequence(let elements) = node.content else { return }
        for (index, element) in elements.enumerated() { fields["\(key)[\(index)]"] = element.location }
    }

    public static func == (left: Self, right: Self) -> Bool { true }
    public func hash(into hasher: inout Hasher) {}
}
