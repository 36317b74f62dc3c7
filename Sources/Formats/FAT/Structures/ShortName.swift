internal import Bytes

/// A name of eight and three characters, 11 bytes padded with spaces (FAT specification, sections 6.1 and 7.3).
enum ShortName {
    private static let punctuation = Set("!#$%&'()-@^_`{}~".utf8)

    /// True of the bytes that a short name of ours has.
    static func isValid(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A: true
        default: punctuation.contains(byte)
        }
    }

    static func upper(_ byte: UInt8) -> UInt8 { (0x61...0x7A).contains(byte) ? byte - 0x20 : byte }

    /// The 11 bytes for `name` in upper case; nil if they do not hold it.
    static func exact(_ name: ByteString) -> [UInt8]? {
        let parts = name.bytes.map(upper).split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count <= 2, let base = parts.first, (1...8).contains(base.count) else { return nil }
        let suffix = parts.count == 2 ? parts[1] : []
        guard suffix.count <= 3, parts.count == 1 || !suffix.isEmpty else { return nil }
        guard base.allSatisfy(isValid), suffix.allSatisfy(isValid) else { return nil }
        return padded(base, suffix)
    }

    /// The name that is left of `name` in upper case, to which a number is to be added.
    static func basis(_ name: ByteString) -> (base: [UInt8], suffix: [UInt8]) {
        // Characters, not bytes: one that a short name can't hold becomes one underscore.
        var bytes: [UInt8] = []
        for scalar in name.text.unicodeScalars where scalar != " " {
            let byte = scalar.isASCII ? upper(UInt8(truncatingIfNeeded: scalar.value)) : 0
            bytes.append(byte == 0x2E || isValid(byte) ? byte : UInt8(ascii: "_"))
        }
        let text = bytes.drop { $0 == 0x2E }
        let dot = text.lastIndex(of: 0x2E)
        let base = text[..<(dot ?? text.endIndex)].filter { $0 != 0x2E }.prefix(8)
        let suffix = dot.map { text[($0 + 1)...].prefix(3) } ?? []
        return (base.isEmpty ? [UInt8(ascii: "_")] : Array(base), Array(suffix))
    }

    static func padded(_ base: some Sequence<UInt8>, _ suffix: some Sequence<UInt8>) -> [UInt8] {
        var name: [UInt8] = []
        name.reserveCapacity(11)
        name.append(contentsOf: base)
        name.append(contentsOf: repeatElement(0x20, count: 8 - name.count))
        name.append(contentsOf: suffix)
        name.append(contentsOf: repeatElement(0x20, count: 11 - name.count))
        return name
    }

    /// Short names for the names of a directory, all different: a function of these names alone.
    ///
    /// Names that fit keep theirs, whatever comes before them. The others get, in order, the lowest number
    /// from 1 on that makes them different.
    static func names(for names: [ByteString]) -> [[UInt8]] {
        var result = names.map { exact($0) ?? [] }
        var taken = Set(result)
        var next: [[UInt8]: Int] = [:]
        for (index, name) in names.enumerated() where result[index].isEmpty {
            let (base, suffix) = basis(name)
            // Equal starts share a counter, so that many alike names don't all count from 1.
            let key = padded(base.prefix(6), suffix)
            var number = next[key] ?? 1
            var candidate = numbered(base, suffix, number)
            while !taken.insert(candidate).inserted {
                number += 1
                candidate = numbered(base, suffix, number)
            }
            next[key] = number + 1
            result[index] = candidate
        }
        return result
    }

    /// As many characters of the base as leave room for a tilde and the number. A directory has fewer than
    /// 65,536 entries, so that the number has six digits at most.
    private static func numbered(_ base: [UInt8], _ suffix: [UInt8], _ number: Int) -> [UInt8] {
        let tail = [UInt8(ascii: "~")] + Array(String(number).utf8)
        return padded(base.prefix(max(8 - tail.count, 0)) + tail.prefix(8), suffix)
    }
}

extension ShortName {
    /// One of our short names as text.
    static func text(_ name: [UInt8]) -> [UInt8] {
        let suffix = name[8...].prefix { $0 != 0x20 }
        return name[..<8].prefix { $0 != 0x20 } + (suffix.isEmpty ? [] : [0x2E] + suffix)
    }

    /// The name as text, in UTF-8: what a reader shows where there is no long one.
    static func text(_ entry: DirectoryEntry) -> [UInt8] {
        var name = entry.name
        if name[0] == DirectoryEntry.escapedE5 { name[0] = DirectoryEntry.free }
        func part(_ range: Range<Int>, isLower: Bool) -> [UInt8] {
            let bytes = name[range]
            let end = (bytes.lastIndex { $0 != 0x20 } ?? range.lowerBound - 1) + 1
            return bytes[..<end].flatMap { byte -> [UInt8] in
                if byte >= 0x80 { return CodePage437.utf8(byte) }
                return [isLower && (0x41...0x5A).contains(byte) ? byte + 0x20 : byte]
            }
        }
        let base = part(0..<8, isLower: entry.caseFlags & 0x08 != 0)
        let suffix = part(8..<11, isLower: entry.caseFlags & 0x10 != 0)
        return suffix.isEmpty ? base : base + [0x2E] + suffix
    }
}

/// What short names of others have beyond ASCII: the PC's first code page, as Linux takes it.
enum CodePage437 {
    private static let scalars = Array(
        ("ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
            + "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}").unicodeScalars)

    static func utf8(_ byte: UInt8) -> [UInt8] {
        Array(String(Character(scalars[Int(byte) - 0x80])).utf8)
    }
}
