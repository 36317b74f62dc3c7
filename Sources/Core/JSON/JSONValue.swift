public import Bytes

/// A JSON value (RFC 8259) whose objects keep the order of their members.
///
/// Strings are bytes: Go's encoder shows bytes that are not UTF-8, and a Swift
/// `String` would already have repaired them. `text(_:)` and string literals
/// make them from a `String`.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// A whole number that fits 64 signed bits, exactly.
    case integer(Int64)
    /// A whole number above `Int64.max`; smaller ones are `integer`.
    case unsigned(UInt64)
    /// Any other number, as its text: nothing is rounded on the way through.
    case decimal(String)
    case string(ByteString)
    case array([JSONValue])
    case object(JSONObject)

    public static func text(_ text: String) -> JSONValue { .string(ByteString(text)) }

    /// `integer` if it fits, else `unsigned`.
    public static func number(_ value: UInt64) -> JSONValue {
        Int64(exactly: value).map(JSONValue.integer) ?? .unsigned(value)
    }

    public static func number(_ value: some FixedWidthInteger & SignedInteger) -> JSONValue {
        .integer(Int64(value))
    }

    public static func texts(_ texts: some Sequence<String>) -> JSONValue {
        .array(texts.map(JSONValue.text))
    }
}

/// The members of a JSON object, in order, each key once.
public struct JSONObject: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        public var key: ByteString
        public var value: JSONValue

        public init(key: ByteString, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    public private(set) var members: [Member] = []

    public init() {}

    public var isEmpty: Bool { members.isEmpty }
    public var count: Int { members.count }

    /// Looks `key` up bytewise; setting a new key appends it, setting `nil` removes it.
    public subscript(key: String) -> JSONValue? {
        get { self[ByteString(key)] }
        set { self[ByteString(key)] = newValue }
    }

    public subscript(key: ByteString) -> JSONValue? {
        get { members.first { $0.key == key }?.value }
        set {
            let index = members.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    /// `members` must hold each key once; the parser, which knows, saves the look-ups.
    init(unique members: [Member]) { self.members = members }

    /// Members sorted bytewise by key, as Go writes a map.
    public var sorted: JSONObject { JSONObject(unique: members.sorted { $0.key < $1.key }) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements { self[key] = value }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(nilLiteral: ()) { self = .null }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (key, value) in elements { object[key] = value }
        self = .object(object)
    }
}
