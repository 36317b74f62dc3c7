internal import Bytes
internal import FileTree

/// Entries of the Rock Ridge Interchange Protocol 1.12, chapter 4.1.
enum RockRidge {
    static let continueFlag: UInt8 = 1
    static let timeFlagModify: UInt8 = 2
    static let timeFlagLongForm: UInt8 = 0x80

    /// Bytes of a name that Linux shows at most.
    static let linuxNameLimit = 253

    /// NM (4.1.4): the name, in as many entries as it takes. Linux leaves out the entry that would bring a name to
    /// 254 bytes, so that a longer one is cut before them, and not inside a character.
    static func name(_ name: ByteString) -> [SystemUseEntry] {
        let bytes = name.bytes
        var cuts = [0, 250, linuxNameLimit, bytes.count].filter { $0 <= bytes.count }
        if bytes.count > linuxNameLimit {
            let start = bytes[..<(linuxNameLimit + 1)].lastIndex { $0 & 0xC0 != 0x80 } ?? 0
            // What is no UTF-8 has no characters to keep whole.
            if start >= 250 { cuts[2] = start }
        }
        return zip(cuts, cuts.dropFirst()).filter { $0 < $1 }.map { start, end in
            SystemUseEntry("NM", [end < bytes.count ? continueFlag : 0] + bytes[start..<end])
        }
    }

    /// PN (4.1.2). Where the minor number has 8 bits, both stand in the low word as in a `dev_t` of Linux, which all
    /// readers take. Else the major number is the high word: Linux reads that as it is meant, other readers may not.
    static func device(major: UInt32, minor: UInt32) -> SystemUseEntry {
        var data: [UInt8] = []
        data.append(both: minor < 256 ? 0 : major)
        data.append(both: minor < 256 ? major << 8 | minor : minor)
        return SystemUseEntry("PN", data)
    }

    /// CL (4.1.5.1): the directory that stood here.
    static func childLink(_ number: Int) -> SystemUseEntry { SystemUseEntry("CL", .directory(number)) }

    /// PL (4.1.5.2): the directory that a moved one stood in.
    static func parentLink(_ number: Int) -> SystemUseEntry { SystemUseEntry("PL", .directory(number)) }

    /// RE (4.1.5.3): what this record names is not seen here.
    static let relocated = SystemUseEntry("RE")
}
