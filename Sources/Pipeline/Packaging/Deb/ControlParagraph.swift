internal import Bytes

/// One paragraph of a Debian control file (Debian policy 5.1): fields in order, names without case.
struct ControlParagraph: Equatable, Sendable {
    private(set) var fields: [(name: String, value: String)] = []

    /// The value of a field, its lines joined as they stand; nil if it is missing.
    subscript(name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The paragraphs of `text`, separated by empty lines. Lines that are no field are left out.
    static func parse(_ text: String) -> [ControlParagraph] {
        var paragraphs: [ControlParagraph] = []
        var current = ControlParagraph()
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.allSatisfy({ $0 == " " || $0 == "\t" || $0 == "\r" }) {
                if !current.fields.isEmpty { paragraphs.append(current) }
                current = ControlParagraph()
            } else if line.hasPrefix(" ") || line.hasPrefix("\t") {
                if !current.fields.isEmpty { current.fields[current.fields.count - 1].value += "\n" + line }
            } else if !line.hasPrefix("#"), let colon = line.firstIndex(of: ":") {
                let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
                current.fields.append((name: String(line[..<colon]), value: String(value)))
            }
        }
        if !current.fields.isEmpty { paragraphs.append(current) }
        return paragraphs
    }

    /// The names in a relationship field such as `Replaces`, versions and alternatives' bars left out.
    func names(_ field: String) -> [String] {
        guard let value = self[field] else { return [] }
        return value.split { $0 == "," || $0 == "|" }.compactMap { relation in
            let name = relation.drop { $0.isWhitespace }.prefix { !$0.isWhitespace && $0 != "(" && $0 != ":" }
            return name.isEmpty ? nil : String(name)
        }
    }

    static func == (left: Self, right: Self) -> Bool {
        left.fields.elementsEqual(right.fields) { $0 == $1 }
    }
}
