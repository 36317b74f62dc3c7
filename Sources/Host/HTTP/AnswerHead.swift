/// The head of an answer, line by line as it comes, with any line ends (RFC 9112 §2.2 has LF alone read).
struct AnswerHead {
    private(set) var status = 0
    private(set) var headers = HTTPHeaders()
    private(set) var isComplete = false
    private var size = 0

    /// Far more than servers send.
    private static let limit = 256 << 10

    /// False if it is not to be borne: no status line, or no end.
    mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // What follows the body (trailers) says nothing that is needed.
        if isComplete { return true }
        size += bytes.count
        guard size <= Self.limit else { return false }
        var line = Slice(base: bytes, bounds: bytes.startIndex..<bytes.endIndex)
        while let last = line.last, last == 0x0A || last == 0x0D { line = line.dropLast() }
        if line.isEmpty { return endOfHead() }
        let text = String(decoding: line, as: UTF8.self)
        if status == 0 {
            status = Self.status(text) ?? 0
            return status != 0
        }
        if text.first == " " || text.first == "\t" {
            headers.extendLast(with: Self.trimmed(text))
        } else if let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) {
            headers.add(
                name: Self.trimmed(text[..<colon]),
                value: Self.trimmed(text[text.utf8.index(after: colon)...]))
        }
        return true
    }

    private mutating func endOfHead() -> Bool {
        guard status != 0 else { return true }
        // Informational answers come before the real one (RFC 9110 §15.2).
        if (100..<200).contains(status) { self = AnswerHead() } else { isComplete = true }
        return true
    }

    /// The number in `HTTP/1.1 200 OK`.
    private static func status(_ line: String) -> Int? {
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/"), let status = Int(words[1]),
            (100...999).contains(status)
        else { return nil }
        return status
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        var part = text[...]
        while let first = part.first, first == " " || first == "\t" { part = part.dropFirst() }
        while let last = part.last, last == " " || last == "\t" { part = part.dropLast() }
        return String(part)
    }
}
