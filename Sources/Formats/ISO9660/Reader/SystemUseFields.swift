internal import Bytes
internal import FileTree

/// What the system use entries of one record say (SUSP 1.12, RRIP 1.12).
struct SystemUseFields {
    var isRockRidge = false
    /// NM: the name; nil if there is none.
    var name: [UInt8]?
    /// PX: mode, links, owner, group and, in version 1.12, serial number.
    var mode: UInt32?
    var links: UInt32 = 1
    var uid: UInt32 = 0
    var gid: UInt32 = 0
    var serial: UInt32?
    /// TF: the time of modification.
    var modified: Timestamp?
    /// PN
    var device: (major: UInt32, minor: UInt32) = (0, 0)
    /// SL
    var target = FoundTarget()
    /// CL: the sector of the directory that stood here.
    var childLink: UInt32?
    /// RE
    var isRelocated = false

    /// Where the entries go on.
    private var continuation: (offset: UInt64, length: Int)?

    private static let identifiers = ["RRIP_1991A", "IEEE_P1282", "IEEE_1282"].map { Array($0.utf8) }
    private static let nameLimit = 255
    /// Areas that one record's entries may be in.
    private static let areaLimit = 64

    /// The entries of `record`, from `skip` bytes after the start of its system use field on. `budget` is how many
    /// bytes of continuation areas may still be read.
    init(
        _ record: FoundRecord, skip: Int, _ image: ImageBytes, budget: inout UInt64
    ) throws(ISO9660Error) {
        let start = record.systemUse + skip
        if start < record.bytes.count {
            try parse(record.bytes[start...], at: record.offset + UInt64(start))
        }
        var areas = 0
        while let (offset, length) = continuation {
            continuation = nil
            areas += 1
            // An area of no bytes costs something, too.
            let cost = UInt64(length) + 28
            guard areas <= Self.areaLimit, cost <= budget else {
                throw .limitExceeded(
                    what: "continuation areas", limit: UInt64(Self.areaLimit), offset: record.offset)
            }
            budget -= cost
            let area = try image.bytes(offset, length, of: "continuation area")
            try parse(area[...], at: offset)
        }
    }

    private mutating func parse(_ area: ArraySlice<UInt8>, at offset: UInt64) throws(ISO9660Error) {
        var rest = area
        // What is left of fewer bytes is padding.
        while rest.count >= 4 {
            let position = offset + UInt64(rest.startIndex - area.startIndex)
            let length = Int(rest[rest.startIndex + 2])
            // Old writers fill areas with zeros.
            if rest[rest.startIndex] == 0 { return }
            guard length >= 4, length <= rest.count else {
                throw .corrupt(
                    what: "system use entry", offset: position, reason: "a length of \(length) bytes")
            }
            let entry = Array(rest.prefix(length))
            if entry[0] == 0x53, entry[1] == 0x54 { return }  // ST
            try take(entry, at: position)
            rest = rest.dropFirst(length)
        }
    }

    private mutating func take(_ entry: [UInt8], at offset: UInt64) throws(ISO9660Error) {
        func field(_ position: Int) throws(ISO9660Error) -> UInt32 {
            guard let value = entry.little(UInt32.self, at: position) else {
                throw .corrupt(what: "system use entry", offset: offset, reason: "it is too short")
            }
            return value
        }
        switch String(decoding: entry[..<2], as: UTF8.self) {
        case "CE":
            let sector = try field(4)
            continuation = (
                UInt64(sector) * UInt64(Sector.size) + UInt64(try field(12)), Int(try field(20))
            )
        case "ER": isRockRidge = isRockRidge || Self.isRockRidge(entry)
        case "PX":
            mode = try field(4)
            links = try field(12)
            uid = try field(20)
            gid = try field(28)
            serial = entry.little(at: 36)
        case "PN": device = Self.device(try field(4), try field(12))
        case "TF": modified = Self.modified(entry) ?? modified
        case "NM": try takeName(entry, at: offset)
        case "SL": try target.append(entry, at: offset)
        case "CL": childLink = try field(4)
        case "RE": isRelocated = true
        default: break
        }
    }

    private static func isRockRidge(_ entry: [UInt8]) -> Bool {
        guard entry.count > 8 else { return false }
        let identifier = entry[8...].prefix(Int(entry[4]))
        return identifiers.contains { identifier.elementsEqual($0) }
    }

    /// As Linux reads them: some writers have both numbers in the low word.
    private static func device(_ high: UInt32, _ low: UInt32) -> (major: UInt32, minor: UInt32) {
        high == 0 && low > 0xFF ? (low >> 8, low & 0xFF) : (high, low)
    }

    private mutating func takeName(_ entry: [UInt8], at offset: UInt64) throws(ISO9660Error) {
        // Flags for `.` and `..`, whose records are known by their identifiers.
        guard entry.count > 4, entry[4] & 6 == 0 else { return }
        let whole = (name ?? []) + entry[5...]
        guard whole.count <= Self.nameLimit else {
            throw .limitExceeded(what: "a name", limit: UInt64(Self.nameLimit), offset: offset)
        }
        name = whole
    }

    private static func modified(_ entry: [UInt8]) -> Timestamp? {
        guard entry.count > 4, entry[4] & RockRidge.timeFlagModify != 0 else { return nil }
        let isLong = entry[4] & RockRidge.timeFlagLongForm != 0
        let length = isLong ? 17 : 7
        // A time of creation stands before that of modification.
        let start = 5 + (entry[4] & 1 != 0 ? length : 0)
        guard entry.count >= start + length else { return nil }
        let time = entry[start..<start + length]
        return isLong ? FoundTime.long(time) : FoundTime.short(time)
    }
}

/// The target of a symbolic link as its components come (RRIP 1.12, 4.1.3).
struct FoundTarget {
    private(set) var bytes: [UInt8] = []
    /// True if a slash belongs before the next component.
    private var needsSlash = false

    static let limit = 4095

    mutating func append(_ entry: [UInt8], at offset: UInt64) throws(ISO9660Error) {
        var rest = entry.dropFirst(5)
        while let flags = rest.first {
            let length = Int(rest.dropFirst().first ?? 0)
            let content = rest.dropFirst(2).prefix(length)
            guard rest.count >= 2, content.count == length else {
                throw .corrupt(what: "component of a symbolic link", offset: offset, reason: "it is cut off")
            }
            try append(flags, content, at: offset)
            rest = rest.dropFirst(2 + length)
        }
    }

    private mutating func append(
        _ flags: UInt8, _ content: ArraySlice<UInt8>, at offset: UInt64
    ) throws(ISO9660Error) {
        if needsSlash { bytes.append(0x2F) }
        let isContinued = flags & SymbolicLinkTarget.continueFlag != 0
        needsSlash = !isContinued
        switch flags & ~SymbolicLinkTarget.continueFlag {
        case 0: bytes += content
        case SymbolicLinkTarget.currentFlag: bytes.append(0x2E)
        case SymbolicLinkTarget.parentFlag: bytes += [0x2E, 0x2E]
        case SymbolicLinkTarget.rootFlag:
            bytes.append(0x2F)
            needsSlash = false
        default:
            throw .corrupt(
                what: "component of a symbolic link", offset: offset, reason: "flags that are not known")
        }
        guard bytes.count <= Self.limit else {
            throw .limitExceeded(what: "a symbolic link's target", limit: UInt64(Self.limit), offset: offset)
        }
    }
}
