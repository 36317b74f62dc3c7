internal import Bytes
internal import JSON

/// Why a signature that was found says nothing for an image.
package struct UnusableSignature: Error, Equatable {
    package let reason: String
    init(_ reason: String) { self.reason = reason }
}

/// An object of a document that a decision relies on, read field by field: duplicate keys, wrong types and
/// missing fields are errors; unknown fields are ignored.
struct SignedFields {
    /// What the document is, for messages: `payload`.
    private let document: String
    private let path: String
    private let object: JSONObject

    init(parsing bytes: [UInt8], document: String) throws(UnusableSignature) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(strict: bytes) } catch {
            throw UnusableSignature("the \(document) is not \(error)")
        }
        try self.init(value, document: document, path: "")
    }

    private init(_ value: JSONValue, document: String, path: String) throws(UnusableSignature) {
        self.document = document
        self.path = path
        guard let object = value.object else {
            let name = path.isEmpty ? "the \(document)" : "\(path) of the \(document)"
            throw UnusableSignature("\(name) is \(value.kind), must be an object")
        }
        self.object = object
    }

    func has(_ key: String) -> Bool { object[key].map { !$0.isNull } ?? false }

    func bytes(_ key: String) throws(UnusableSignature) -> ByteString {
        let value = try required(key)
        guard let bytes = value.bytes else { throw wrong(key, value, "a string") }
        return bytes
    }

    func string(_ key: String) throws(UnusableSignature) -> String { try bytes(key).text }

    /// Bytes in Base64.
    func decoded(_ key: String) throws(UnusableSignature) -> [UInt8] {
        guard let bytes = Base64.decodeCanonical(try string(key)) else {
            throw UnusableSignature("\(name(key)) is not Base64")
        }
        return bytes
    }

    func fields(_ key: String) throws(UnusableSignature) -> SignedFields {
        try SignedFields(try required(key), document: document, path: path.isEmpty ? key : "\(path).\(key)")
    }

    func array(_ key: String, limit: Int) throws(UnusableSignature) -> [SignedFields] {
        let value = try required(key)
        guard let elements = value.array else { throw wrong(key, value, "an array") }
        guard elements.count <= limit else {
            throw UnusableSignature("\(name(key)) has \(elements.count) elements, at most \(limit) are read")
        }
        var fields: [SignedFields] = []
        for (index, element) in elements.enumerated() {
            let path = path.isEmpty ? "\(key)[\(index)]" : "\(self.path).\(key)[\(index)]"
            fields.append(try SignedFields(element, document: document, path: path))
        }
        return fields
    }

    private func required(_ key: String) throws(UnusableSignature) -> JSONValue {
        guard let value = object[key], !value.isNull else {
            throw UnusableSignature("\(name(key)) is missing")
        }
        return value
    }

    private func wrong(_ key: String, _ value: JSONValue, _ expected: String) -> UnusableSignature {
        UnusableSignature("\(name(key)) is \(value.kind), must be \(expected)")
    }

    private func name(_ key: String) -> String {
        "\(path.isEmpty ? key : "\(path).\(key)") of the \(document)"
    }
}
