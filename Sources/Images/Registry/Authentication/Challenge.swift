/// One way to authenticate that a server offers: a challenge of `WWW-Authenticate` (RFC 9110 §11.6.1).
struct Challenge: Hashable, Sendable {
    /// In lower case: `basic`, `bearer`.
    let scheme: String
    /// Names in lower case. The first of two equal names counts.
    let parameters: [String: String]

    /// All challenges of the header fields `values`. What cannot be read is left out.
    static func all(_ values: [String]) -> [Challenge] {
        values.flatMap { value in
            var reader = ChallengeReader(value)
            return reader.challenges()
        }
    }
}

/// Reads challenges, which are separated by the same commas as their parameters.
private struct ChallengeReader {
    private var rest: ArraySlice<UInt8>

    init(_ text: String) { rest = Array(text.utf8.prefix(16 << 10))[...] }

    mutating func challenges() -> [Challenge] {
        var found: [Challenge] = []
        var scheme: String?
        var parameters: [String: String] = [:]
        while true {
            skip(" \t,")
            guard let word = token() else {
                // Not a token: skip to what follows the next comma.
                guard rest.popFirst() != nil else { break }
                while let byte = rest.first, byte != UInt8(ascii: ",") { rest.removeFirst() }
                continue
            }
            skip(" \t")
            if scheme != nil, take("=") {
                skip(" \t")
                let name = word.lowercased()
                let isQuoted = take("\"")
                var value = isQuoted ? quoted() : unquoted()
                // `scope=repository:a/b:pull,push`: the comma is one of the scope's.
                while !isQuoted, name == "scope", let action = action() { value += ",\(action)" }
                if parameters[name] == nil { parameters[name] = value }
            } else {
                if let scheme { found.append(Challenge(scheme: scheme, parameters: parameters)) }
                scheme = word.lowercased()
                parameters = [:]
            }
        }
        if let scheme { found.append(Challenge(scheme: scheme, parameters: parameters)) }
        return found
    }

    private mutating func skip(_ bytes: String) {
        rest = rest.drop { bytes.utf8.contains($0) }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// A name (RFC 9110 §5.6.2).
    private mutating func token() -> String? {
        let word = rest.prefix { $0 > 0x20 && $0 < 0x7F && !"\",=".utf8.contains($0) }
        guard !word.isEmpty else { return nil }
        rest = rest[word.endIndex...]
        return String(decoding: word, as: UTF8.self)
    }

    /// A value without quotes: also URLs and scopes, which some servers do not quote.
    private mutating func unquoted() -> String {
        let word = rest.prefix { $0 > 0x20 && $0 < 0x7F && !"\",".utf8.contains($0) }
        rest = rest[word.endIndex...]
        return String(decoding: word, as: UTF8.self)
    }

    /// An action after a comma, if that is what comes.
    private mutating func action() -> String? {
        let start = rest
        if take(","), let word = token(), ["pull", "push", "delete", "*"].contains(word),
            rest.first != UInt8(ascii: "=")
        {
            return word
        }
        rest = start
        return nil
    }

    /// RFC 9110 §5.6.4; the opening quote is gone already.
    private mutating func quoted() -> String {
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() {
                value.append(escaped)
            } else {
                value.append(byte)
            }
        }
        return String(decoding: value, as: UTF8.self)
    }
}
