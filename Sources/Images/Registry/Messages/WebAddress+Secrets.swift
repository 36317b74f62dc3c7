extension WebAddress {
    /// Values of the query that must not be shown, should the server repeat them: signatures and tokens of URLs that
    /// were signed for one download, states of uploads.
    var secrets: [String] {
        guard let query else { return [] }
        return query.split(separator: "&").flatMap { pair -> [String] in
            let sides = pair.split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else { return [] }
            let name = sides[0].lowercased()
            let isNamed = ["sig", "token", "cred", "key", "auth", "policy", "secret"].contains {
                name.contains($0)
            }
            guard sides[1].utf8.count >= (isNamed ? 8 : 20) else { return [] }
            return [String(sides[1]), Self.unescaped(sides[1])]
        }
    }

    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let digits = String(rest.prefix(2)),
                let value = UInt8(digits, radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
