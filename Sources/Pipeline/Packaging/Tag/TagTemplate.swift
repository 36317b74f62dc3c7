/// The `tag` template: text in which `{{.Hash}}`, blanks inside the braces or not, stands for the hash.
enum TagTemplate {
    static let standard = "{{.Hash}}"

    /// Nil if the template names anything but the hash.
    static func expand(_ template: String, hash: String) -> String? {
        var result = ""
        var rest = template[...]
        while let open = rest.firstRange(of: "{{") {
            guard let close = rest[open.upperBound...].firstRange(of: "}}") else { return nil }
            let action = rest[open.upperBound..<close.lowerBound].filter { $0 != " " && $0 != "\t" }
            guard action == ".Hash" else { return nil }
            result += rest[..<open.lowerBound] + hash
            rest = rest[close.upperBound...]
        }
        return result + rest
    }
}
