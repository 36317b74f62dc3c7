/// Keeps an exponential alias bomb from a parser that hashes whole keys.
///
/// Aliases as values cost nothing until they are visited, and visits are
/// counted. An alias or a collection as a *key* is hashed in full while the text
/// is parsed, so a text that has such keys and enough aliases to nest
/// exponentially (some forty: three to the fourteenth is five million) is refused unread.
enum AliasGuard {
    /// Looks no further than this from a sign, so that no text takes quadratic time.
    private static let nameLimit = 128

    static func refusal(of text: String) -> String? {
        let bytes = Array(text.utf8)
        let anchors = Set(names(after: UInt8(ascii: "&"), in: bytes))
        guard anchors.count >= 3 else { return nil }
        let aliases = names(after: UInt8(ascii: "*"), in: bytes).filter(anchors.contains)
        guard aliases.count >= 40, hasComplexKey(bytes) else { return nil }
        return "\(aliases.count) aliases beside keys that are aliases or collections: write those keys out"
    }

    /// What follows `sign` up to the next blank or flow indicator.
    private static func names(after sign: UInt8, in bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        bytes.indices.filter { bytes[$0] == sign }.compactMap { index in
            let name = bytes[(index + 1)...].prefix(nameLimit).prefix {
                $0 > 0x20 && !" ,[]{}:".utf8.contains($0)
            }
            return name.isEmpty ? nil : name
        }
    }

    /// `? `, `] :`, `} :` or `*name :`, anywhere.
    private static func hasComplexKey(_ bytes: [UInt8]) -> Bool {
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "?"), index + 1 == bytes.count || bytes[index + 1] <= 0x20 { return true }
            guard byte == UInt8(ascii: ":") else { continue }
            let before = bytes[max(0, index - nameLimit)..<index].reversed().drop { $0 == 0x20 || $0 == 0x09 }
            guard let last = before.first else { continue }
            if last == UInt8(ascii: "]") || last == UInt8(ascii: "}") { return true }
            let word = before.prefix { $0 > 0x20 }
            if word.contains(UInt8(ascii: "*")) { return true }
        }
        return false
    }
}
