/// What people would read of a page in HTML or a document in XML.
enum MarkupText {
    /// An error as object stores write it (`<Error><Code>…</Code><Message>…</Message>`), else all text; the title where
    /// there is no other. What else such documents have, signatures among it, is left out.
    static func message(_ text: String) -> String {
        let text = String(text.prefix(32 << 10))
        if let message = element("message", of: text) {
            let code = element("code", of: text) ?? ""
            return [plain(code), plain(message)].filter { !$0.isEmpty }.joined(separator: ": ")
        }
        var body = text
        for name in ["script", "style", "head"] { body = without(name, body) }
        let words = plain(body)
        return words.isEmpty ? plain(element("title", of: text) ?? "") : words
    }

    /// The content of the first element called `name`.
    private static func element(_ name: String, of text: String) -> String? {
        guard let open = tag("<\(name)", in: text[...]),
            let start = text[open.upperBound...].firstIndex(of: ">"),
            let close = tag("</\(name)", in: text[start...])
        else { return nil }
        return String(text[text.index(after: start)..<close.lowerBound])
    }

    /// `text` without the elements called `name`; one that does not end has the rest.
    private static func without(_ name: String, _ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let open = tag("<\(name)", in: rest) {
            result += rest[..<open.lowerBound] + " "
            guard let close = tag("</\(name)", in: rest[open.upperBound...]),
                let end = rest[close.upperBound...].firstIndex(of: ">")
            else { return result }
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    /// The range of `tag`, ignoring case, where it is the complete name.
    private static func tag(_ tag: String, in text: Substring) -> Range<String.Index>? {
        var rest = text
        while let open = rest.firstIndex(of: "<") {
            rest = rest[open...]
            let candidate = rest.prefix(tag.count)
            let next = rest.dropFirst(tag.count).first
            if candidate.lowercased() == tag, next.map({ !$0.isLetter && !$0.isNumber }) ?? true {
                return candidate.startIndex..<candidate.endIndex
            }
            rest = rest.dropFirst()
        }
        return nil
    }

    /// `text` without tags and comments, its entities replaced.
    private static func plain(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "<") {
            result += rest[..<open] + " "
            rest = rest[open...]
            let end = rest.hasPrefix("<!--") ? rest.firstRange(of: "-->")?.upperBound : nil
            guard let end = end ?? rest.firstIndex(of: ">").map({ rest.index(after: $0) }) else {
                return decoded(result)
            }
            rest = rest[end...]
        }
        return decoded(result + rest)
    }

    private static func decoded(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "&") {
            result += rest[..<mark]
            rest = rest[mark...].dropFirst()
            guard let end = rest.prefix(10).firstIndex(of: ";"), let scalar = entity(rest[..<end]) else {
                result.append("&")
                continue
            }
            result.unicodeScalars.append(scalar)
            rest = rest[end...].dropFirst()
        }
        result += rest
        return result.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func entity(_ name: Substring) -> Unicode.Scalar? {
        let named: [Substring: Unicode.Scalar] = [
            "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ",
        ]
        if let scalar = named[name] { return scalar }
        guard name.hasPrefix("#") else { return nil }
        let digits = name.dropFirst()
        let number =
            digits.first == "x" || digits.first == "X"
            ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        return number.flatMap { Unicode.Scalar($0) }
    }
}
