public import Bytes

/// Typed reading: each is `nil` if the value is something else.
extension JSONValue {
    public var isNull: Bool { self == .null }

    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    public var int64: Int64? { if case .integer(let value) = self { value } else { nil } }

    public var uint64: UInt64? {
        switch self {
        case .integer(let value): UInt64(exactly: value)
        case .unsigned(let value): value
        default: nil
        }
    }

    public var int: Int? { int64.flatMap(Int.init(exactly:)) }

    public var bytes: ByteString? { if case .string(let value) = self { value } else { nil } }

    /// The string as text; bytes that are not UTF-8 are replaced by U+FFFD, as Go's decoder does.
    public var string: String? { bytes?.text }

    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }

    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }

    /// An array of strings and nothing else.
    public var strings: [String]? {
        guard let array else { return nil }
        let strings = array.compactMap(\.string)
        return strings.count == array.count ? strings : nil
    }

    /// A member of an object.
    public subscript(key: String) -> JSONValue? { object?[key] }

    /// An element of an array; `nil` outside it.
    public subscript(index: Int) -> JSONValue? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }

    /// What a person calls this kind of value.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .unsigned: "an integer"
        case .decimal: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
