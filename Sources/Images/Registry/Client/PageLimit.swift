internal import HTTP

/// Follows lists over their pages (OCI distribution specification, "Listing Tags"; RFC 8288), not for ever.
struct PageLimit {
    private var left = 1000

    /// Where the next page is: on the same server, or there is none.
    mutating func next(_ answer: Answer) throws(AttemptError) -> WebAddress? {
        guard let link = Self.next(answer.headers["link"]) else { return nil }
        left -= 1
        guard left > 0 else { throw .violation("the list has no end") }
        guard let address = answer.address.resolving(link), address.hasSameOrigin(as: answer.address) else {
            throw .violation("the next page of the list is at another server")
        }
        return address
    }

    /// The target of `rel="next"` in header fields `Link`.
    static func next(_ fields: [String]) -> String? {
        for field in fields {
            var rest = field[...]
            while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
                let target = rest[rest.index(after: open)..<close]
                rest = rest[rest.index(after: close)...]
                let parameters = rest.prefix { $0 != "<" }.lowercased()
                for parameter in parameters.split(whereSeparator: { ";,".contains($0) }) {
                    let words = parameter.split(separator: "=").map { $0.trimmingWhitespace() }
                    if words.count == 2, words[0] == "rel", words[1] == "next" || words[1] == "\"next\"" {
                        return String(target)
                    }
                }
            }
        }
        return nil
    }
}
