internal import Bytes

/// DIR_Attr (FAT specification, section 6).
public struct FATAttributes: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let readOnly = FATAttributes(rawValue: 0x01)
    public static let hidden = FATAttributes(rawValue: 0x02)
    public static let system = FATAttributes(rawValue: 0x04)
    static let volumeID = FATAttributes(rawValue: 0x08)
    static let directory = FATAttributes(rawValue: 0x10)
    /// Changed since the last backup, as every new file is.
    public static let archive = FATAttributes(rawValue: 0x20)
    /// A part of a long name.
    static let longName: FATAttributes = [.readOnly, .hidden, .system, .volumeID]
    static let longNameMask: FATAttributes = [.longName, .directory, .archive]
    /// Those that a caller may set.
    static let settable: FATAttributes = [.readOnly, .hidden, .system, .archive]
}

/// A short directory entry, 32 bytes (FAT specification, section 6).
struct DirectoryEntry: Hashable, Sendable {
    static let size = 32
    static let free: UInt8 = 0xE5
    /// What stands for a name whose first byte is 0xE5.
    static let escapedE5: UInt8 = 0x05

    /// DIR_Name: 11 bytes, padded with spaces.
    var name: [UInt8]
    var attributes: FATAttributes
    /// DIR_NTRes: 0x08 the base is in lower case, 0x10 the extension. We set neither, not all systems know them.
    var caseFlags: UInt8 = 0
    /// DIR_WrtTime and DIR_WrtDate; the file's creation and last access get the same.
    var modified: FATTime
    var firstCluster: UInt32
    /// DIR_FileSize; 0 for directories.
    var size: UInt32

    init(
        name: [UInt8], attributes: FATAttributes, modified: FATTime, firstCluster: UInt32 = 0,
        size: UInt32 = 0
    ) {
        self.name = name
        self.attributes = attributes
        self.modified = modified
        self.firstCluster = firstCluster
        self.size = size
    }

    func append(to bytes: inout [UInt8]) {
        bytes += name
        bytes += [attributes.rawValue, caseFlags, 0]
        bytes.append(little: modified.time)
        bytes.append(little: modified.date)
        bytes.append(little: modified.date)
        bytes.append(little: UInt16(truncatingIfNeeded: firstCluster >> 16))
        bytes.append(little: modified.time)
        bytes.append(little: modified.date)
        bytes.append(little: UInt16(truncatingIfNeeded: firstCluster))
        bytes.append(little: size)
    }

    /// The entry in the 32 bytes at `offset`, which must be there. FAT12 and FAT16 know 16 bits of a cluster.
    init(_ bytes: [UInt8], at offset: Int, type: FATType) {
        name = Array(bytes[offset..<offset + 11])
        attributes = FATAttributes(rawValue: bytes[offset + 11])
        caseFlags = bytes[offset + 12]
        modified = FATTime(
            date: bytes.little(at: offset + 24) ?? 0, time: bytes.little(at: offset + 22) ?? 0)
        let low = UInt32(bytes.little(UInt16.self, at: offset + 26) ?? 0)
        let high = UInt32(bytes.little(UInt16.self, at: offset + 20) ?? 0)
        firstCluster = type == .fat32 ? high << 16 | low : low
        size = bytes.little(at: offset + 28) ?? 0
    }
}
