internal import JSON

/// An answer, before faults.
struct Answer {
    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []

    /// An error document (OCI distribution specification, "Error Codes").
    static func error(_ status: Int, _ code: String, _ message: String = "") -> Answer {
        let document: JSONValue = ["errors": [["code": .text(code), "message": .text(message)]]]
        return Answer(
            status: status, headers: [(name: "Content-Type", value: "application/json")],
            body: document.encoded(.compact))
    }

    static func json(_ value: JSONValue, type: String = "application/json") -> Answer {
        Answer(status: 200, headers: [(name: "Content-Type", value: type)], body: value.encoded(.compact))
    }

    /// With the body's length, unless the headers declare another.
    var fields: HTTPFields {
        var all = HTTPFields(headers)
        if status != 204, all["Content-Length"] == nil { all.replace("Content-Length", "\(body.count)") }
        return all
    }

    mutating func set(_ name: String, _ value: String?) {
        headers.removeAll { $0.name.lowercased() == name.lowercased() }
        if let value { headers.append((name: name, value: value)) }
    }

    func with(_ name: String, _ value: String?) -> Answer {
        var copy = self
        copy.set(name, value)
        return copy
    }

    /// The part that a `Range` header asks for; all where it asks for nothing that is understood.
    func ranged(_ range: String?) -> Answer {
        guard status == 200, let range, range.hasPrefix("bytes=") else { return self }
        let ends = range.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Int(ends[0]) else { return self }
        let last = min(Int(ends[1]) ?? .max, body.count - 1)
        guard first < body.count, first <= last else {
            return .error(416, "SIZE_INVALID").with("Content-Range", "bytes */\(body.count)")
        }
        var part = with("Content-Range", "bytes \(first)-\(last)/\(body.count)")
        part.status = 206
        part.body = Array(body[first...last])
        return part
    }
}
