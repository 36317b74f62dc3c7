internal import Bytes
internal import JSON

/// An object of a policy file, read field by field; unknown fields are an error.
struct PolicyFields {
    let file: String
    let path: String
    private let object: JSONObject

    init(parsing bytes: [UInt8], file: String) throws(PolicyError) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(strict: bytes) } catch {
            throw PolicyError(
                file: file, place: Self.lineAndColumn(of: error.offset, in: bytes),
                reason: "\(error.explanation)")
        }
        try self.init(value, file: file, path: "")
    }

    private init(_ value: JSONValue, file: String, path: String) throws(PolicyError) {
        self.file = file
        self.path = path
        guard let object = value.object else {
            throw PolicyError(file: file, place: path, reason: "is \(value.kind), must be an object")
        }
        self.object = object
    }

    var keys: [String] { object.members.map(\.key.text) }

    func wrong(_ key: String, _ reason: String) -> PolicyError {
        PolicyError(file: file, place: name(key), reason: reason)
    }

    /// Refuses fields that are not in `known`.
    func allow(_ known: String...) throws(PolicyError) {
        for key in keys where !known.contains(key) {
            throw wrong(key, "is not a valid field; valid fields: \(known.joined(separator: ", "))")
        }
    }

    func has(_ key: String) -> Bool { object[key] != nil }

    func string(_ key: String) throws(PolicyError) -> String {
        try typed(key, "a string", \.string)
    }

    func integer(_ key: String) throws(PolicyError) -> Int {
        try typed(key, "an integer", \.int)
    }

    func strings(_ key: String) throws(PolicyError) -> [String] {
        try typed(key, "an array of strings", \.strings)
    }

    func fields(_ key: String) throws(PolicyError) -> PolicyFields {
        try PolicyFields(try typed(key, "an object", Optional.some), file: file, path: name(key))
    }

    func array(_ key: String) throws(PolicyError) -> [PolicyFields] {
        var fields: [PolicyFields] = []
        for (index, value) in try typed(key, "an array", \.array).enumerated() {
            fields.append(try PolicyFields(value, file: file, path: "\(name(key))[\(index)]"))
        }
        return fields
    }

    /// One of the words in `choices`.
    func choice<Value>(_ key: String, _ choices: [(String, Value)]) throws(PolicyError) -> Value {
        let text = try string(key)
        guard let choice = choices.first(where: { $0.0 == text }) else {
            let known = choices.map { "\"\($0.0)\"" }.joined(separator: ", ")
            throw wrong(key, "is \"\(text)\", must be one of \(known)")
        }
        return choice.1
    }

    private func typed<Value>(
        _ key: String, _ expected: String, _ read: (JSONValue) -> Value?
    ) throws(PolicyError) -> Value {
        guard let value = object[key] else { throw wrong(key, "is missing, must be \(expected)") }
        guard let typed = read(value) else { throw wrong(key, "is \(value.kind), must be \(expected)") }
        return typed
    }

    private func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    private static func lineAndColumn(of offset: Int, in bytes: [UInt8]) -> String {
        let before = bytes.prefix(offset)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = before.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
        return "\(line):\(column)"
    }
}
