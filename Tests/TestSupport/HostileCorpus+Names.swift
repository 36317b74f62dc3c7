internal import Bytes
internal import FileTree

extension CorpusMaker {
    /// A name of exactly 255 bytes that begins with `start` and goes on with `character`.
    static func longName(_ start: String, _ character: String) -> ByteString {
        let width = character.utf8.count
        let left = 255 - start.utf8.count
        let name = String(repeating: "x", count: left % width)
        return ByteString(start + name + String(repeating: character, count: left / width))
    }

    mutating func addLongNames() throws {
        for (start, character) in [("a", "a"), ("ü", "ü"), ("漢", "漢"), ("🐧", "🐧"), ("mixed-ü漢", "🐧")] {
            let name = Self.longName(start, character)
            try file("long/" + name)
            try add("long/directories/" + name, .directory, Self.metadata(0o755))
            try file("long/directories/" + name + "/" + name)
        }
        // Alike in their first 64 characters, to which Joliet cuts, and in 250.
        for count in [63, 64, 65, 103, 104, 250] {
            let start = String(repeating: "b", count: count)
            for end in ["1", "2", "é"] { try file(ByteString("long/alike/\(start)\(end)")) }
        }
    }

    mutating func addOddNames() throws {
        let names = [
            " ", " leading", "trailing ", "in the middle", ".", "..", "...", ".hidden", "trailing.",
            "two..dots",
            "a.b.c.d", "-dash", "--", "*", "?", "a:b", "a;1", "semi;", "\"quoted\"", "'", "<angle>", "|",
            "back\\slash",
            "new\nline", "tab\t", "\u{1}", "\u{7F}", "\u{E000}", "\u{200D}", "$HOME", "`x`", "%41", "#", "~",
            "TRAILER!!!",
            "CON", "nul.txt", "LPT1", "aux", "rr_moved", "RR_MOVED", ".Trash", "lost+found", "+", "[x]",
            "{a,b}", "=",
        ]
        for name in names where name != "." && name != ".." { try file(ByteString("odd/" + name)) }
        try file("odd/TRAILER!!!/x")
    }

    mutating func addTwinNames() throws {
        for name in ["readme", "Readme", "README", "ReadMe.txt", "readme.TXT"] {
            try file(ByteString("twins/\(name)"))
        }
        // The same character in one code point and in two, and what only case folding makes equal.
        for name in ["caf\u{E9}", "cafe\u{301}", "\u{212B}", "\u{C5}", "A\u{30A}", "stra\u{DF}e", "strasse"] {
            try file(ByteString("twins/\(name)"))
        }
        try file("twins/Folder/x")
        try file("twins/folder/x")
    }

    mutating func addRawNames() throws {
        let names: [[UInt8]] = [
            [0xFF], [0x80], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0x66, 0xFC, 0x72], [0x66, 0xFD, 0x72], [0xE2, 0x82],
        ]
        for name in names { try file("raw/" + ByteString(name)) }
    }

    mutating func addShortNames() throws {
        for name in [
            "A", "a.b", "EIGHT888.EXT", "eight888.ext", "NINE99999", "a.html", "x.y.z", "UPPER.lower",
            "kernel",
            "LONGFI~1.TXT", "LONGFI~2.TXT", "long file name.txt", "long file other.txt", "BOOTX64.EFI",
            "ldlinux.c32",
        ] where name != "eight888.ext" { try file(ByteString("short/\(name)")) }
        for index in 0..<300 { try file(ByteString("short/same start of name \(index).text")) }
    }

    mutating func addDeepDirectories() throws {
        var path: ByteString = "deep"
        for level in 1...20 {
            path = path + ByteString("/level-\(level)")
            try add(path, .directory, Self.metadata(level % 2 == 0 ? 0o755 : 0o2750, uid: UInt32(level)))
            if level % 4 == 0 { try file(path + "/file") }
        }
        try add(path + "/empty", .directory, Self.metadata(0o700))
        // Two directories of one name that both lie too deep for ISO 9660.
        try file("deep/level-1/level-2/level-3/level-4/level-5/level-6/level-7/twin/x")
        try file("deep/level-1/level-2/level-3/level-4/level-5/level-6/other/twin/y")
    }

    mutating func addLongestPath() throws {
        let part = String(repeating: "p", count: 255)
        try file(ByteString(Array(repeating: part, count: 16).joined(separator: "/")))
    }

    mutating func addLargeDirectory() throws {
        for index in 0..<5000 {
            let name = String(index * 7919 % 5000)
            try file(
                ByteString("thousands/entry-\(String(repeating: "0", count: 4 - name.count))\(name)"),
                index % 10 == 0 ? .empty : .bytes(ByteString(name)),
                Self.metadata(uid: UInt32(index), gid: UInt32(index / 2)))
        }
    }

    mutating func addManyDirectories() throws {
        for index in 0..<70_000 {
            try add(ByteString("many/directory-\(index)"), .directory, Self.metadata(0o755))
        }
        // One in the last of them, so that not all are empty.
        try file("many/directory-69999/file")
    }
}
