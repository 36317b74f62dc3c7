internal import Bytes
internal import Digests
internal import JSON

/// An object inside an OCI document, read field by field: fields that are present must have the right type,
/// what is not known is left alone (OCI image specification, "Extensibility").
struct DocumentFields {
    /// What the document is, for messages: `manifest sha256:…`.
    let document: String
    /// The path of the object in it, empty for the whole.
    let path: String
    let object: JSONObject

    /// The whole document.
    init(parsing bytes: [UInt8], document: String) throws(ImageError) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch {
            throw ImageError(.malformed(document: document, field: "", reason: error.description))
        }
        try self.init(value, document: document, path: "")
    }

    private init(_ value: JSONValue, document: String, path: String) throws(ImageError) {
        guard let object = value.object else {
            throw ImageError(
                .malformed(document: document, field: path, reason: "is \(value.kind), must be an object"))
        }
        self.document = document
        self.path = path
        self.object = object
    }

    /// True if the field is present, regardless of its value.
    func has(_ key: String) -> Bool { object[key] != nil }

    func malformed(_ key: String, _ reason: String) -> ImageError {
        ImageError(.malformed(document: document, field: name(key), reason: reason))
    }

    func required<T>(_ key: String, _ value: T?) throws(ImageError) -> T {
        guard let value else { throw malformed(key, "is missing") }
        return value
    }

    func string(_ key: String) throws(ImageError) -> String? {
        try typed(key, "a string", \.string)
    }

    func unsigned(_ key: String) throws(ImageError) -> UInt64? {
        try typed(key, "a non-negative integer", \.uint64)
    }

    func strings(_ key: String) throws(ImageError) -> [String]? {
        try typed(key, "an array of strings", \.strings)
    }

    /// An object whose values are strings.
    func stringMap(_ key: String) throws(ImageError) -> [String: String]? {
        guard let map: JSONObject = try typed(key, "an object", \.object) else { return nil }
        var result: [String: String] = [:]
        for member in map.members {
            // As in Go, null is the empty string.
            guard let value = member.value.isNull ? "" : member.value.string else {
                throw malformed("\(key).\(member.key.text)", "is \(member.value.kind), must be a string")
            }
            result[member.key.text] = value
        }
        return result
    }

    /// The keys of an object used as a set, sorted.
    func set(_ key: String) throws(ImageError) -> [String]? {
        try typed(key, "an object", \.object).map { $0.members.map(\.key).sorted().map(\.text) }
    }

    func fields(_ key: String) throws(ImageError) -> DocumentFields? {
        guard let value = present(key) else { return nil }
        return try DocumentFields(value, document: document, path: name(key))
    }

    func array(_ key: String) throws(ImageError) -> [DocumentFields]? {
        guard let values: [JSONValue] = try typed(key, "an array", \.array) else { return nil }
        var fields: [DocumentFields] = []
        for (index, value) in values.enumerated() {
            fields.append(try DocumentFields(value, document: document, path: "\(name(key))[\(index)]"))
        }
        return fields
    }

    func digest(_ key: String) throws(ImageError) -> SHA256Digest? {
        guard let text = try string(key) else { return nil }
        return try digest(key, text)
    }

    func digest(_ key: String, _ text: String) throws(ImageError) -> SHA256Digest {
        guard let digest = SHA256Digest(oci: text) else {
            throw malformed(key, "\"\(text)\" must be sha256: and 64 hexadecimal digits")
        }
        return digest
    }

    /// OCI and Docker documents of today all have version 2.
    func checkSchemaVersion() throws(ImageError) {
        let version = try unsigned("schemaVersion")
        if version == 1 {
            throw malformed(
                "schemaVersion",
                "is 1, Docker's format until 2016, which is not supported; push or save the image again with a "
                    + "current tool")
        }
        if version != 2 { throw malformed("schemaVersion", "must be 2") }
    }

    /// `null` is equivalent to a missing field, as in Go.
    private func present(_ key: String) -> JSONValue? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    private func typed<T>(
        _ key: String, _ expected: String, _ read: (JSONValue) -> T?
    ) throws(ImageError) -> T? {
        guard let value = present(key) else { return nil }
        guard let typed = read(value) else { throw malformed(key, "is \(value.kind), must be \(expected)") }
        return typed
    }

    private func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
