internal import JSON

/// What servers say about errors, in one line: registries (OCI distribution specification, "Error Codes"), token
/// servers, stores of blobs, and the proxies before them, each in a form of its own.
enum ServerMessage {
    /// Characters shown of a message.
    static let limit = 300

    /// What `body` says, with control characters replaced and of limited length; empty if it says nothing, or if one
    /// of `secrets` is in it, be it only the beginning.
    static func read(_ body: [UInt8], hiding secrets: [String] = []) -> String {
        guard let raw = text(body) else { return "" }
        let message = raw.first == "<" ? MarkupText.message(raw) : JSONMessage.read(body) ?? raw
        let isSecret = secrets.contains { secret in
            !secret.isEmpty && (message.contains(secret.prefix(16)) || raw.contains(secret.prefix(16)))
        }
        return isSecret ? "" : line(message)
    }

    /// True if the response means that the rate limit was exceeded. Most registries say so with 429, some
    /// in words alone.
    static func isRateLimit(_ status: Int, _ message: String) -> Bool {
        if status == 429 { return true }
        guard [400, 403, 503].contains(status) else { return false }
        let words = message.lowercased()
        return ["toomanyrequests", "too many requests", "rate limit"].contains { words.contains($0) }
    }

    /// `body` without white space around it; nil for what is not a text.
    private static func text(_ body: [UInt8]) -> String? {
        let start = body.prefix(512)
        let controls = start.count { $0 < 0x20 && !"\t\n\r".utf8.contains($0) }
        guard !start.contains(0), controls <= start.count / 10 else { return nil }
        var text: Substring
        if let valid = String(validating: body, as: UTF8.self) {
            text = valid[...]
        } else {
            // Servers of old: ISO 8859-1.
            var latin = ""
            for byte in body { latin.unicodeScalars.append(Unicode.Scalar(byte)) }
            text = latin[...]
        }
        if text.unicodeScalars.first == "\u{FEFF}" { text = Substring(text.unicodeScalars.dropFirst()) }
        return String(text.drop(while: \.isWhitespace))
    }

    /// `text` in one line, at most `limit` characters and `…` where it was longer.
    static func line(_ text: String) -> String {
        var line = ""
        var count = 0
        var needsSpace = false
        for scalar in text.unicodeScalars {
            guard isShown(scalar) else {
                needsSpace = !line.isEmpty
                continue
            }
            guard count + (needsSpace ? 1 : 0) < limit else { return line + "…" }
            if needsSpace {
                line.append(" ")
                count += 1
                needsSpace = false
            }
            line.unicodeScalars.append(scalar)
            count += 1
        }
        return line
    }

    /// The printable characters of `bytes` in one line, at most 300.
    static func printable(_ bytes: [UInt8]) -> String {
        line(String(decoding: bytes.prefix(4096), as: UTF8.self))
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            false
        default: true
        }
    }
}

/// What a JSON document says about an error.
private enum JSONMessage {
    /// Nil if the document has no form that is known, empty if it says nothing.
    static func read(_ body: [UInt8]) -> String? {
        guard let document = try? JSONValue(parsing: body) else { return nil }
        if let text = document.string { return text }
        let errors = document["errors"]
        let entries = errors?.array ?? errors.map { [$0] } ?? document.array ?? []
        let parts = (entries.isEmpty ? [document] : entries).prefix(3).compactMap(entry)
        if !parts.isEmpty { return parts.joined(separator: "; ") }
        return document.isNull || document.object?.isEmpty == true || document.array?.isEmpty == true
            || errors != nil ? "" : nil
    }

    /// One error: a text, or an object with a code, a text or both.
    private static func entry(_ value: JSONValue) -> String? {
        if let text = value.string { return text.isEmpty ? nil : text }
        if let nested = value["error"], nested.object != nil { return entry(nested) }
        func first(_ keys: [String]) -> String? {
            for key in keys { if let text = value[key]?.string, !text.isEmpty { return text } }
            return nil
        }
        let words = first([
            "message", "Message", "error_description", "detail", "details", "title", "reason", "msg",
        ])
        let code = first(["code", "Code", "error"])
        switch (code, words) {
        case (let code?, let words?): return "\(code): \(words)"
        case (let one?, nil), (nil, let one?): return one
        case (nil, nil): return nil
        }
    }
}
