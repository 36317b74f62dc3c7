/// The style in which a string is written, as chosen by go-yaml and its libyaml emitter.
enum ScalarStyle {
    case plain, singleQuoted, doubleQuoted, literal

    /// Chooses the style. With `isKey`, the text must stay on one line.
    static func choose(_ text: [Unicode.Scalar], isKey: Bool, isTagged: Bool, style: GoYAMLStyle)
        -> ScalarStyle
    {
        let analysis = ScalarAnalysis(text, style: style)
        let wanted: ScalarStyle =
            if text.contains("\n") {
                .literal
            } else if isTagged || readsAsString(text) {
                .plain
            } else {
                .doubleQuoted
            }
        switch wanted {
        case _ where isKey && analysis.isMultiline: return .doubleQuoted
        case .plain where analysis.allowsPlain && !(text.isEmpty && isKey): return .plain
        case .plain: return analysis.allowsSingleQuotes ? .singleQuoted : .doubleQuoted
        case .literal where analysis.allowsBlock && !isKey: return .literal
        default: return .doubleQuoted
        }
    }

    /// Whether a reader resolves the plain text to a string.
    private static func readsAsString(_ text: [Unicode.Scalar]) -> Bool {
        var string = String.UnicodeScalarView()
        string.append(contentsOf: text)
        let plain = String(string)
        return ResolvedScalar(plain: plain) == .string && !oldBooleans.contains(plain)
            && !isBase60(text)
    }

    /// The booleans of YAML 1.1 that are strings in YAML 1.2.
    private static let oldBooleans: Set<String> = [
        "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF",
    ]

    /// YAML 1.1's sexagesimal numbers: `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`
    private static func isBase60(_ text: [Unicode.Scalar]) -> Bool {
        var rest = text[...]
        if let first = rest.first, first == "-" || first == "+" { rest = rest.dropFirst() }
        let parts = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first else { return false }
        if parts.count == 2, !parts[1].allSatisfy({ isDigit($0) || $0 == "_" }) { return false }
        let groups = whole.split(separator: ":", omittingEmptySubsequences: false)
        guard groups.count >= 2, let first = groups.first?.first, isDigit(first),
            groups[0].allSatisfy({ isDigit($0) || $0 == "_" })
        else { return false }
        return groups.dropFirst().allSatisfy { group in
            guard let last = group.last, isDigit(last), group.count <= 2 else { return false }
            return group.count == 1 || group.first.map { "012345".unicodeScalars.contains($0) } == true
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}

/// The styles that the characters of a string allow (libyaml's `yaml_emitter_analyze_scalar`).
struct ScalarAnalysis {
    private(set) var isMultiline = false
    private(set) var allowsPlain = true
    private(set) var allowsSingleQuotes = true
    private(set) var allowsBlock = true

    init(_ text: [Unicode.Scalar], style: GoYAMLStyle) {
        guard let first = text.first, let last = text.last else {
            allowsBlock = false
            return
        }
        let breaks = text.contains(where: \.isYAMLBreak)
        let tabs = style == .v3 && text.contains("\t")
        let special = text.contains { !$0.isYAMLPrintable && !(style == .v3 && $0 == "\t") }
        let breakSpace = zip(text, text.dropFirst()).contains { $0.isYAMLBreak && $1 == " " }
        let spaceBreak = zip(text, text.dropFirst()).contains { $0 == " " && $1.isYAMLBreak }
        let edges = first == " " || first.isYAMLBreak || last == " " || last.isYAMLBreak

        isMultiline = breaks
        allowsPlain =
            !(edges || breakSpace || spaceBreak || tabs || special || breaks || Self.hasIndicators(text))
        allowsSingleQuotes = !(breakSpace || spaceBreak || tabs || special)
        allowsBlock = !(last == " " || spaceBreak || special)
    }

    /// Whether the text contains indicators that would start another kind of node in a block.
    private static func hasIndicators(_ text: [Unicode.Scalar]) -> Bool {
        if text.starts(with: "---".unicodeScalars) || text.starts(with: "...".unicodeScalars) { return true }
        for (index, scalar) in text.enumerated() {
            let next = index + 1 < text.count ? text[index + 1] : nil
            let beforeBlank = next.map(\.isYAMLBlank) ?? true
            if index == 0 {
                if "#,[]{}&*!|>'\"%@`".unicodeScalars.contains(scalar) { return true }
                if "?:-".unicodeScalars.contains(scalar), beforeBlank { return true }
            } else {
                if scalar == ":", beforeBlank { return true }
                let previous = text[index - 1]
                if scalar == "#", previous.isYAMLBlank || previous.isYAMLBreak || previous == "\0" {
                    return true
                }
            }
        }
        return false
    }
}

extension Unicode.Scalar {
    var isYAMLBlank: Bool { self == " " || self == "\t" }

    /// Whether this is a line break: CR, LF, NEL, LS or PS.
    var isYAMLBreak: Bool { [0x0D, 0x0A, 0x85, 0x2028, 0x2029].contains(value) }

    /// Whether libyaml writes it unescaped: not a tab, and not beyond the basic multilingual plane.
    var isYAMLPrintable: Bool {
        switch value {
        case 0x0A, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD: value != 0xFEFF
        default: false
        }
    }
}
