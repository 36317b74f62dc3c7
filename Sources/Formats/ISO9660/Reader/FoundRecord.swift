internal import Bytes
internal import FileTree

/// A directory record (ECMA-119 9.1) as an image has it.
struct FoundRecord {
    /// Where it is in the image.
    let offset: UInt64
    /// All of it, as long as its first byte says.
    let bytes: [UInt8]

    /// `bytes` from a record's first on, up to the end of its sector.
    init(_ bytes: ArraySlice<UInt8>, at offset: UInt64) throws(ISO9660Error) {
        let length = Int(bytes.first ?? 0)
        let record = Array(bytes.prefix(length))
        guard length > DirectoryRecord.fixedLength, record.count == length else {
            throw .corrupt(what: "directory record", offset: offset, reason: "a length of \(length) bytes")
        }
        let identifier = Int(record[32])
        guard identifier > 0, DirectoryRecord.fixedLength + identifier <= length else {
            throw .corrupt(
                what: "directory record", offset: offset, reason: "an identifier of \(identifier) bytes")
        }
        guard record[26] == 0, record[27] == 0 else {
            throw .corrupt(what: "directory record", offset: offset, reason: "an interleaved file")
        }
        self.bytes = record
        self.offset = offset
    }

    var identifier: ArraySlice<UInt8> {
        bytes[DirectoryRecord.fixedLength..<DirectoryRecord.fixedLength + Int(bytes[32])]
    }

    /// Where the system use field begins; beyond the record if there is none.
    var systemUse: Int {
        let end = DirectoryRecord.fixedLength + Int(bytes[32])
        return end + (bytes[32] % 2 == 0 ? 1 : 0)
    }

    /// True for a directory's own record and its parent's, whose identifiers are a byte of 0 and 1.
    var isOwnOrParents: Bool { bytes[32] == 1 && bytes[DirectoryRecord.fixedLength] <= 1 }
    /// True for what belongs to another file, as a resource fork (9.1.6).
    var isAssociated: Bool { bytes[25] & 0x04 != 0 }
    var isDirectory: Bool { bytes[25] & DirectoryRecord.directoryFlag != 0 }
    var hasMoreSections: Bool { bytes[25] & DirectoryRecord.multiExtentFlag != 0 }

    /// Sector after the extended attribute record, and bytes.
    var extent: FileExtent {
        let sector: UInt32 = bytes.little(at: 2) ?? 0
        return FileExtent(
            offset: (UInt64(sector) + UInt64(bytes[1])) * UInt64(Sector.size),
            length: bytes.little(at: 10) ?? 0)
    }

    var modified: Timestamp { FoundTime.short(bytes[18..<25]) }
}

/// A part of an image.
struct FileExtent: Hashable, Sendable {
    /// Bytes from the start of the image.
    let offset: UInt64
    let length: UInt32
}

/// Times as an image has them. An invalid time, such as zeros, is 1970.
enum FoundTime {
    /// ECMA-119 9.1.5: seven bytes.
    static func short(_ bytes: ArraySlice<UInt8>) -> Timestamp {
        let field = Array(bytes)
        return time(
            year: 1900 + Int64(field[0]), month: field[1], day: field[2], hour: field[3], minute: field[4],
            second: field[5], offset: field[6], nanoseconds: 0)
    }

    /// ECMA-119 8.4.26.1: sixteen digits and an offset.
    static func long(_ bytes: ArraySlice<UInt8>) -> Timestamp {
        let field = Array(bytes)
        guard field[..<16].allSatisfy({ (0x30...0x39).contains($0) }) else { return Timestamp(seconds: 0) }
        func pair(_ index: Int) -> UInt8 { (field[index] - 0x30) * 10 + field[index + 1] - 0x30 }
        return time(
            year: Int64(pair(0)) * 100 + Int64(pair(2)), month: pair(4), day: pair(6), hour: pair(8),
            minute: pair(10), second: pair(12), offset: field[16], nanoseconds: UInt32(pair(14)) * 10_000_000)
    }

    private static func time(
        year: Int64, month: UInt8, day: UInt8, hour: UInt8, minute: UInt8, second: UInt8, offset: UInt8,
        nanoseconds: UInt32
    ) -> Timestamp {
        let time = CivilTime(
            date: CivilDate(year: year, month: Int(month), day: Int(day)), hour: Int(hour),
            minute: Int(minute), second: Int(second))
        guard time.isPlausible else { return Timestamp(seconds: 0) }
        // The offset from UTC counts quarters of an hour.
        return Timestamp(
            seconds: time.secondsSince1970 - Int64(Int8(bitPattern: offset)) * 900, nanoseconds: nanoseconds)
    }
}
