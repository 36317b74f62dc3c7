internal import Bytes
internal import FileTree

/// Entries of the Rock Ridge Interchange Protocol 1.12, chapter 4.1.
enum RockRidge {
    static let continueFlag: UInt8 = 1
    static let timeFlagModify: UInt8 = 2
    static let timeFlagLongForm: UInt8 = 0x80

    /// Linux drops the NM entry with which a name would come to 254 bytes.
    static let linuxNameLimit = 253

    /// NM (4.1.4): the name, in as many entries as it takes. The cut behind 253 bytes leaves Linux as much of a
    /// longer name as it takes.
    static func name(_ name: ByteString) -> [SystemUseEntry] {
        let bytes = name.bytes
        let cuts = [0, 250, linuxNameLimit].filter { $0 < bytes.count } + [bytes.count]
        return zip(cuts, cuts.dropFirst()).map { start, end in
            SystemUseEntry("NM", [end < bytes.count ? continueFlag : 0] + bytes[start..<end])
        }
    }

    /// PN (4.1.2): the major number is the high word, the minor number the low one, as Linux reads them.
    static func device(major: UInt32, minor: UInt32) -> SystemUseEntry {
        var data: [UInt8] = []
        data.append(both: major)
        data.append(both: minor)
        return SystemUseEntry("PN", data)
    }

    /// CL (4.1.5.1): the directory that stood here.
    static func childLink(_ number: Int) -> SystemUseEntry { SystemUseEntry("CL", .directory(number)) }

    /// PL (4.1.5.2): the directory that a moved one stood in.
    static func parentLink(_ number: Int) -> SystemUseEntry { SystemUseEntry("PL", .directory(number)) }

    /// RE (4.1.5.3): what this record names is not seen here.
    static let relocated = SystemUseEntry("RE")
}
