public import Bytes

/// The boot sector with the BIOS parameter block (FAT specification, sections 3.1 to 3.3).
public struct BootSector: Hashable, Sendable {
    static let size = 512
    /// BS_OEMName: what the specification recommends, since some systems look at it.
    static let oemName = Array("MSWIN4.1".utf8)
    /// Sectors of a FAT32 volume where FSInfo and the copies of the first three sectors are.
    static let fsInfoSector = 1
    static let backupSector = 6
    static let noLabel = ByteString("NO NAME    ")

    /// BPB_BytsPerSec.
    public var bytesPerSector: UInt64 = 512
    /// BPB_SecPerClus.
    public var sectorsPerCluster: UInt64
    /// BPB_RsvdSecCnt: sectors before the first FAT.
    public var reservedSectors: UInt64
    /// BPB_NumFATs.
    public var fatCount: UInt64 = 2
    /// BPB_RootEntCnt: entries of the root directory; 0 in FAT32.
    public var rootEntries: UInt64
    /// BPB_TotSec16 or BPB_TotSec32.
    public var totalSectors: UInt64
    /// BPB_Media.
    public var media: UInt8 = 0xF8
    /// BPB_FATSz16 or BPB_FATSz32.
    public var sectorsPerFAT: UInt64
    /// BPB_HiddSec: sectors of the disk before the volume.
    public var hiddenSectors: UInt32 = 0
    /// BPB_RootClus, of FAT32.
    public var rootCluster: UInt32 = 2
    /// The FAT that is in use, of FAT32 without mirroring (BPB_ExtFlags); else 0.
    public internal(set) var activeFAT: UInt64 = 0
    /// BS_VolID.
    public var serial: UInt32
    /// BS_VolLab: 11 bytes.
    public var label: ByteString
    public var type: FATType

    /// Bytes.
    public var clusterSize: UInt64 { bytesPerSector * sectorsPerCluster }
    /// Bytes from the start of the volume.
    public var fatOffset: UInt64 { (reservedSectors + activeFAT * sectorsPerFAT) * bytesPerSector }
    var rootOffset: UInt64 { (reservedSectors + fatCount * sectorsPerFAT) * bytesPerSector }
    /// Where cluster 2, the first one, begins: bytes from the start of the volume.
    public var dataOffset: UInt64 {
        rootOffset + (rootEntries * 32 + bytesPerSector - 1) / bytesPerSector * bytesPerSector
    }
    /// How many clusters there are, numbered from 2.
    public var clusterCount: UInt64 { (totalSectors * bytesPerSector - dataOffset) / clusterSize }

    func offset(of cluster: UInt32) -> UInt64 { dataOffset + UInt64(cluster - 2) * clusterSize }

    func isCluster(_ number: UInt32) -> Bool { number >= 2 && UInt64(number) < clusterCount + 2 }
}

extension BootSector {
    /// The sector, for BIOSes as well: its code tells the BIOS to try the next medium.
    var encoded: [UInt8] {
        let isWide = type == .fat32
        // jmp short over the parameters, nop.
        var bytes: [UInt8] = [0xEB, isWide ? 0x58 : 0x3C, 0x90]
        bytes += Self.oemName
        bytes.append(little: UInt16(truncatingIfNeeded: bytesPerSector))
        bytes.append(UInt8(truncatingIfNeeded: sectorsPerCluster))
        bytes.append(little: UInt16(truncatingIfNeeded: reservedSectors))
        bytes.append(UInt8(truncatingIfNeeded: fatCount))
        bytes.append(little: UInt16(truncatingIfNeeded: rootEntries))
        // BPB_TotSec16 where it fits, but never in FAT32.
        let isShort = !isWide && totalSectors < 0x10000
        bytes.append(little: isShort ? UInt16(truncatingIfNeeded: totalSectors) : 0)
        bytes.append(media)
        bytes.append(little: isWide ? 0 : UInt16(truncatingIfNeeded: sectorsPerFAT))
        // BPB_SecPerTrk and BPB_NumHeads as BIOSes pretend of disks addressed by sector.
        bytes.append(little: UInt16(63))
        bytes.append(little: UInt16(255))
        bytes.append(little: hiddenSectors)
        bytes.append(little: isShort ? 0 : UInt32(truncatingIfNeeded: totalSectors))
        if isWide { appendWideFields(to: &bytes) }
        // BS_DrvNum, BS_Reserved1, BS_BootSig: serial, label and type follow.
        bytes += [0x80, 0, 0x29]
        bytes.append(little: serial)
        bytes += label.bytes
        bytes += Array("\(type.name)   ".utf8)
        // int 0x18; hlt; jmp back.
        bytes += [0xCD, 0x18, 0xF4, 0xEB, 0xFD]
        bytes.append(zeros: 510 - bytes.count)
        return bytes + [0x55, 0xAA]
    }

    private func appendWideFields(to bytes: inout [UInt8]) {
        bytes.append(little: UInt32(truncatingIfNeeded: sectorsPerFAT))
        // BPB_ExtFlags: all FATs are alike. BPB_FSVer 0.0.
        bytes.append(little: UInt32(0))
        bytes.append(little: rootCluster)
        bytes.append(little: UInt16(Self.fsInfoSector))
        bytes.append(little: UInt16(Self.backupSector))
        bytes.append(zeros: 12)
    }

    /// The fields, checked against each other and against the `available` bytes of the volume.
    public init(parsing bytes: [UInt8], available: UInt64) throws(FATError) {
        guard bytes.count >= Self.size else { throw .truncated(size: 512, available: UInt64(bytes.count)) }
        func short(_ offset: Int) -> UInt64 { UInt64(bytes.little(UInt16.self, at: offset) ?? 0) }
        func long(_ offset: Int) -> UInt64 { UInt64(bytes.little(UInt32.self, at: offset) ?? 0) }
        guard short(510) == 0xAA55 else { throw .invalidField(field: "signature", value: short(510)) }
        bytesPerSector = short(11)
        sectorsPerCluster = UInt64(bytes[13])
        reservedSectors = short(14)
        fatCount = UInt64(bytes[16])
        rootEntries = short(17)
        totalSectors = short(19) == 0 ? long(32) : short(19)
        media = bytes[21]
        let isWide = short(22) == 0
        sectorsPerFAT = isWide ? long(36) : short(22)
        hiddenSectors = UInt32(truncatingIfNeeded: long(28))
        rootCluster = isWide ? UInt32(truncatingIfNeeded: long(44)) : 0
        let extended = isWide ? 64 : 36
        let hasLabel = bytes[extended + 2] == 0x29
        serial = hasLabel ? UInt32(truncatingIfNeeded: long(extended + 3)) : 0
        label = hasLabel ? ByteString(bytes[extended + 7..<extended + 18]) : Self.noLabel
        type = isWide ? .fat32 : .fat16
        if isWide, bytes[40] & 0x80 != 0 { activeFAT = UInt64(bytes[40] & 0x0F) }
        try check(available: available)
        if isWide {
            guard short(42) == 0 else { throw .invalidField(field: "BPB_FSVer", value: short(42)) }
            guard isCluster(rootCluster) else {
                throw .invalidField(field: "BPB_RootClus", value: UInt64(rootCluster))
            }
        } else if clusterCount < 4085 {
            type = .fat12
        }
        guard type.tableSize(clusters: clusterCount) <= sectorsPerFAT * bytesPerSector else {
            throw .invalidField(field: "BPB_FATSz", value: sectorsPerFAT)
        }
    }

    private func check(available: UInt64) throws(FATError) {
        guard [512, 1024, 2048, 4096].contains(bytesPerSector) else {
            throw .invalidField(field: "BPB_BytsPerSec", value: bytesPerSector)
        }
        guard sectorsPerCluster.nonzeroBitCount == 1 else {
            throw .invalidField(field: "BPB_SecPerClus", value: sectorsPerCluster)
        }
        guard reservedSectors > 0 else { throw .invalidField(field: "BPB_RsvdSecCnt", value: 0) }
        guard fatCount > 0, activeFAT < fatCount else {
            throw .invalidField(field: "BPB_NumFATs", value: fatCount)
        }
        guard sectorsPerFAT > 0 else { throw .invalidField(field: "BPB_FATSz", value: 0) }
        guard (rootEntries == 0) == (type == .fat32) else {
            throw .invalidField(field: "BPB_RootEntCnt", value: rootEntries)
        }
        // None of these numbers has more than 44 bits, so that nothing overflows.
        let size = totalSectors * bytesPerSector
        guard dataOffset < size, (size - dataOffset) / clusterSize > 0 else {
            throw .invalidField(field: "BPB_TotSec", value: totalSectors)
        }
        let limit: UInt64 = type == .fat32 ? 0x0FFF_FFF5 : 65524
        guard clusterCount <= limit else { throw .invalidField(field: "BPB_TotSec", value: totalSectors) }
        guard size <= available else { throw .truncated(size: size, available: available) }
    }
}
