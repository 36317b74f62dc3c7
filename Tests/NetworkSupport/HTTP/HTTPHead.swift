/// The fields of a message's head, in order (RFC 9110, section 5).
struct HTTPFields {
    var all: [(name: String, value: String)]

    init(_ all: [(name: String, value: String)] = []) { self.all = all }

    /// The first value of `name`.
    subscript(name: String) -> String? {
        all.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    mutating func remove(_ name: String) { all.removeAll { $0.name.lowercased() == name.lowercased() } }

    mutating func replace(_ name: String, _ value: String) {
        remove(name)
        all.append((name: name, value: value))
    }

    /// The lines with their ends.
    var encoded: String { all.map { "\($0.name): \($0.value)\r\n" }.joined() }
}

struct HTTPRequestHead {
    var method: String
    var uri: String
    var fields: HTTPFields
}

struct HTTPResponseHead {
    var status: Int
    var reason: String
    var fields: HTTPFields
}

/// How the end of a body is found (RFC 9112, section 6.3).
enum BodyLength {
    case none
    case bytes(Int)
    case chunked
    case untilEnd

    init(request fields: HTTPFields) {
        self = Self.declared(by: fields) ?? .none
    }

    init(response head: HTTPResponseHead, to method: String) {
        let hasNone = method == "HEAD" || head.status < 200 || head.status == 204 || head.status == 304
        self = hasNone ? .none : Self.declared(by: head.fields) ?? .untilEnd
    }

    private static func declared(by fields: HTTPFields) -> BodyLength? {
        if fields["Transfer-Encoding"]?.lowercased().contains("chunked") == true { return .chunked }
        return fields["Content-Length"].flatMap { Int($0) }.map { .bytes($0) }
    }
}
