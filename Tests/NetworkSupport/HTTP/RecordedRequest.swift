/// A request as a server of the tests saw it.
public struct RecordedRequest: Sendable {
    public let method: String
    /// Without the query.
    public let path: String
    /// Decoded; a name may come more than once (`scope`).
    public let query: [(name: String, value: String)]
    public let headers: [(name: String, value: String)]
    /// What was answered; 0 when the connection ended before.
    public internal(set) var status = 0
    /// Bytes of the answer's body that were given to the system to send.
    public internal(set) var bytesSent = 0
    /// True when all of the answer was sent.
    public internal(set) var isComplete = false

    /// The values of header `name`, joined with commas; nil without it.
    public func header(_ name: String) -> String? {
        let found = headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        return found.isEmpty ? nil : found.joined(separator: ",")
    }

    /// The 64 digits of the blob that a `GET` is for.
    public var blob: String? {
        guard method == "GET", let mark = path.firstRange(of: "/blobs/sha256:") else { return nil }
        return String(path[mark.upperBound...])
    }

    /// All values of `name` in the query.
    public func parameters(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }

    init(_ head: HTTPRequestHead) {
        method = head.method
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = parts.first.map(String.init) ?? ""
        query = parts.count > 1 ? Self.form(String(parts[1])) : []
        headers = head.fields.all
    }

    /// `a=1&b=2`, as queries and forms have it.
    static func form(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: decoded(sides[0]), value: sides.count > 1 ? decoded(sides[1]) : "")
        }
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), let digits = String(rest.prefix(2)),
                let value = UInt8(digits, radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
