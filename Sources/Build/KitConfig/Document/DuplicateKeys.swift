/// Lets a text with keys that stand twice be read on, so that its other problems are found too.
///
/// The parser gives up at such keys and names the first of them. That one is
/// overwritten with private characters, as many as it had, so that every place
/// stays what it was, and the text is read again; here is kept what they were.
struct DuplicateKeys {
    /// After so many the rest is not looked for.
    static let limit = 32

    private var names: [String] = []

    /// Overwrites `key` at a place of `text`; `nil` if it is not written there as it is.
    mutating func mask(_ key: String, line: Int, column: Int, in text: String) -> String? {
        guard names.count < Self.limit, let sign = Self.sign(names.count) else { return nil }
        var scalars = Array(text.unicodeScalars)
        guard var start = Self.index(line: line, column: column, in: scalars), start < scalars.count else {
            return nil
        }
        if scalars[start] == "\"" || scalars[start] == "'" { start += 1 }
        let wanted = Array(key.unicodeScalars)
        guard !wanted.isEmpty, scalars[start...].starts(with: wanted) else { return nil }
        for index in start..<start + wanted.count { scalars[index] = sign }
        names.append(key)
        var masked = String.UnicodeScalarView()
        masked.append(contentsOf: scalars)
        return String(masked)
    }

    /// What `key` was before it was overwritten; `nil` if it was not.
    func original(of key: String) -> String? {
        names.indices.first { index in
            guard let sign = Self.sign(index) else { return false }
            return key.unicodeScalars.allSatisfy { $0 == sign } && !key.isEmpty
        }.map { names[$0] }
    }

    /// Supplementary private use area A: nobody's key is made of it.
    private static func sign(_ index: Int) -> Unicode.Scalar? { Unicode.Scalar(0xF0000 + UInt32(index)) }

    private static func index(line: Int, column: Int, in scalars: [Unicode.Scalar]) -> Int? {
        var current = 1
        var index = 0
        while current < line {
            guard index < scalars.count else { return nil }
            let isPair = scalars[index] == "\r" && index + 1 < scalars.count && scalars[index + 1] == "\n"
            if scalars[index].isYAMLBreak, !isPair { current += 1 }
            index += 1
        }
        return index + column - 1
    }
}
