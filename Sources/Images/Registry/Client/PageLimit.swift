internal import HTTP

/// Follows lists over their pages (OCI distribution specification, "Listing Tags"; RFC 8288), up to a limit.
struct PageLimit {
    private var left = 1000

    /// Where the next page is; nil after the last one.
    mutating func next(_ answer: Answer) throws(AttemptError) -> WebAddress? {
        guard let link = Self.next(answer.headers["link"]) else { return nil }
        left -= 1
        guard var address = answer.address.resolving(link) else {
            throw .violation("the link to the next page of the list is not a URL")
        }
        // A registry behind a proxy may know itself by another name. Its pages are where the first one was.
        address.isSecure = answer.address.isSecure
        address.server = answer.address.server
        guard left > 0, address != answer.address else { throw .violation("the list has no end") }
        return address
    }

    /// The target of `rel="next"` in header fields `Link`; some servers forget the angle brackets or the quotes.
    static func next(_ fields: [String]) -> String? {
        for field in fields {
            if !field.contains("<"), let end = field.firstIndex(of: ";"), isNext(field[end...]) {
                return field[..<end].trimmingWhitespace()
            }
            var rest = field[...]
            while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
                let target = rest[rest.index(after: open)..<close]
                rest = rest[rest.index(after: close)...]
                if isNext(rest.prefix { $0 != "<" }) { return String(target) }
            }
        }
        return nil
    }

    /// True if `rel`, which may name several relations, is among `parameters` with `next`.
    private static func isNext(_ parameters: Substring) -> Bool {
        for parameter in parameters.lowercased().split(whereSeparator: { ";,".contains($0) }) {
            let sides = parameter.split(separator: "=").map { $0.trimmingWhitespace() }
            guard sides.count == 2, sides[0] == "rel" else { continue }
            if sides[1].split(whereSeparator: { " \"'".contains($0) }).contains("next") { return true }
        }
        return false
    }
}
