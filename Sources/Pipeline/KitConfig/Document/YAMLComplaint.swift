/// A libyaml parse error, reworded to say what to do.
struct YAMLComplaint {
    /// The problem as worded by libyaml 0.2, such as `found unexpected end of stream`.
    var problem: String
    /// The context in which it occurred, such as `while scanning a quoted scalar`.
    var context: String?
    /// The line on which the context began.
    var contextLine: Int

    func sentence(at mark: YAMLMark, in text: YAMLText) -> String {
        let line = text.line(mark.line)
        let found = line.indices.contains(mark.column - 1) ? line[mark.column - 1] : nil
        if found == "\t", problem.contains("cannot start any token") || problem.contains("tab character") {
            return Self.tab
        }
        let reason = "not YAML: \(wording(found))"
        // A tab that libyaml read as part of a value may be the cause.
        return line.prefix(while: \.isYAMLBlank).contains("\t")
            ? "\(reason) (this line is indented with a tab: use spaces)" : reason
    }

    private static let tab = "not YAML: a tab cannot be used for indentation: use spaces"

    private func wording(_ found: Unicode.Scalar?) -> String {
        let since = "that starts on line \(contextLine)"
        switch problem {
        case "found character that cannot start any token":
            let sign = found.map { ConfigNode.quote(String($0)) } ?? "the end of the line"
            return "a value cannot start with \(sign): put it in quotes"
        case "mapping values are not allowed in this context":
            return "\":\" is not allowed here: put the value in quotes or start the mapping on a new line"
        case "block sequence entries are not allowed in this context":
            return "\"-\" is not allowed here: start the list on a new line"
        case "mapping keys are not allowed in this context":
            return "\"?\" is not allowed here: start the mapping on a new line"
        case "could not find expected ':'": return "expected \":\" after the key on line \(contextLine)"
        case "found unexpected ':'": return "\":\" is not allowed here: put the value in quotes"
        case "did not find expected key":
            return "expected a key of the mapping \(since): check the indentation"
        case "did not find expected '-' indicator":
            return "expected \"-\" and an item of the list \(since): check the indentation"
        case "did not find expected ',' or ']'": return "expected \",\" or \"]\" in the list \(since)"
        case "did not find expected ',' or '}'": return "expected \",\" or \"}\" in the mapping \(since)"
        case "did not find expected node content": return "expected a value"
        case "did not find expected <document start>":
            return "text after the end of the document: remove it, or start a document with \"---\""
        case "found unexpected end of stream":
            return "the quotes opened on line \(contextLine) are not closed"
        case "found unexpected document indicator":
            return "the quotes opened on line \(contextLine) are not closed before the document ends"
        case "found unknown escape character":
            return
                "unknown escape sequence in double quotes: write \"\\\\\" for a backslash, or use single quotes"
        case "did not find expected hexdecimal number":
            return "expected hexadecimal digits in an escape sequence"
        case "found invalid Unicode character escape code":
            return "the escape sequence is not a Unicode character"
        case "did not find expected alphabetic or numeric character":
            return "a name of letters, digits, \"-\" and \"_\" must follow \"&\" or \"*\""
        case "found undefined tag handle":
            return "the prefix of the tag is not defined: use \"!!\" or a %TAG line"
        case "found an indentation indicator equal to 0":
            return "the indentation of a block must be a digit from 1 to 9"
        case "found a tab character where an indentation space is expected",
            "found a tab character that violates indentation":
            return "a tab cannot be used for indentation: use spaces"
        default: return context.map { "\(problem) \($0) on line \(contextLine)" } ?? problem
        }
    }

    /// Describes a character that is not allowed in YAML (YAML 1.2.2, section 5.1).
    static func forbiddenCharacter(_ value: Int) -> String {
        let digits = String(max(0, value), radix: 16, uppercase: true)
        let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return
            "not YAML: the character U+\(padded) is not allowed: write it as \"\\u\(padded)\" in double quotes"
    }
}
