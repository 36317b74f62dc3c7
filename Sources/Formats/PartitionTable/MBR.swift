internal import Bytes
public import Digests
public import FileTree

/// A partition in a master boot record, 16 bytes (UEFI 2.10 §5.2.1).
public struct MBRPartition: Hashable, Sendable {
    /// BootIndicator: 0x80, which BIOSes and the usual boot code look for.
    public var isActive: Bool
    /// OSType: 0xEF for an EFI system partition, 0x0C FAT32, 0x83 Linux, 0x17 as isohybrid has it.
    /// Type 0 means that the entry is unused, but an active entry of type 0 pleases some BIOSes.
    public var type: UInt8
    /// StartingLBA.
    public var firstSector: UInt32
    /// SizeInLBA.
    public var sectorCount: UInt32

    public init(type: UInt8, firstSector: UInt32, sectorCount: UInt32, isActive: Bool = false) {
        self.type = type
        self.firstSector = firstSector
        self.sectorCount = sectorCount
        self.isActive = isActive
    }

    /// The sector after the last one.
    public var endSector: UInt64 { UInt64(firstSector) + UInt64(sectorCount) }

    public static let efiSystemType: UInt8 = 0xEF
    public static let protectiveType: UInt8 = 0xEE
    public static let fat32Type: UInt8 = 0x0C
    public static let linuxType: UInt8 = 0x83

    /// The one entry of a protective MBR: all of the disk but the MBR, as far as 32 bits go.
    public static func protective(diskSectors: UInt64) -> MBRPartition {
        MBRPartition(
            type: protectiveType, firstSector: 1,
            sectorCount: UInt32(clamping: diskSectors == 0 ? 0 : diskSectors - 1))
    }

    var encoded: [UInt8] {
        let end = sectorCount == 0 ? UInt64(firstSector) : endSector - 1
        var last = CHSAddress(sector: end)
        if type == Self.protectiveType, last == .beyond { last = .protectiveBeyond }
        var bytes: [UInt8] = [isActive ? 0x80 : 0]
        bytes += CHSAddress(sector: UInt64(firstSector)).bytes
        bytes.append(type)
        bytes += last.bytes
        bytes.append(little: firstSector)
        bytes.append(little: sectorCount)
        return bytes
    }

    /// The entry in 16 bytes; nil if it is all zero.
    init?(_ bytes: [UInt8]) {
        guard bytes.contains(where: { $0 != 0 }), let first: UInt32 = bytes.little(at: 8),
            let count: UInt32 = bytes.little(at: 12)
        else { return nil }
        self.init(type: bytes[4], firstSector: first, sectorCount: count, isActive: bytes[0] & 0x80 != 0)
    }
}

/// A master boot record, the first 512 bytes of a disk (UEFI 2.10 §5.2.1).
public struct MBR: Hashable, Sendable {
    public static let size = 512
    /// Bytes before the disk signature.
    public static let bootCodeSize = 440
    public static let partitionLimit = 4

    /// Up to 440 bytes of BootCode. isohdpfx.bin has 432, and in the eight bytes after them expects
    /// the number of the 512-byte sector where isolinux.bin is, little-endian: see `isohybridCode`.
    public var bootCode: [UInt8]
    /// UniqueMBRDiskSignature, at byte 440.
    public var diskSignature: UInt32
    /// Four entries; nil is an unused one.
    public var partitions: [MBRPartition?]

    public init(bootCode: [UInt8] = [], diskSignature: UInt32 = 0, partitions: [MBRPartition?]) {
        self.bootCode = bootCode
        self.diskSignature = diskSignature
        self.partitions = partitions
    }

    /// The protective MBR that stands before a GPT (UEFI 2.10 §5.2.3).
    public static func protective(diskSectors: UInt64, bootCode: [UInt8] = []) -> MBR {
        MBR(bootCode: bootCode, partitions: [.protective(diskSectors: diskSectors)])
    }

    /// A disk signature derived from what is on the disk; never 0, which means that there is none.
    public static func diskSignature(_ stamp: BuildStamp, of content: SHA256Digest) -> UInt32 {
        max(stamp.identity(role: "MBR disk signature", of: content).bytes.little(at: 0) ?? 1, 1)
    }

    /// The boot code of a hybrid ISO image: isohdpfx.bin's 432 bytes, then the sector of 512 bytes, counted
    /// from the start of the disk, where isolinux.bin begins.
    public static func isohybridCode(
        _ code: [UInt8], isolinuxSector: UInt64
    ) throws(PartitionTableError) -> [UInt8] {
        // What is built for 440 bytes has room for the number at its end.
        let code = code.count == bootCodeSize ? Array(code[..<432]) : code
        guard code.count <= 432 else { throw .bootCodeTooLong(size: code.count, limit: 432) }
        var bytes = code
        bytes.append(zeros: 432 - code.count)
        bytes.append(little: isolinuxSector)
        return bytes
    }

    /// The 512 bytes. Boot code too long, or more than four entries, is an error.
    public func encoded() throws(PartitionTableError) -> [UInt8] {
        guard bootCode.count <= Self.bootCodeSize else {
            throw .bootCodeTooLong(size: bootCode.count, limit: Self.bootCodeSize)
        }
        guard partitions.count <= Self.partitionLimit else {
            throw .tooManyPartitions(count: partitions.count, limit: Self.partitionLimit)
        }
        var bytes = bootCode
        bytes.append(zeros: Self.bootCodeSize - bytes.count)
        bytes.append(little: diskSignature)
        bytes.append(zeros: 2)
        for partition in partitions { bytes += partition?.encoded ?? [UInt8](repeating: 0, count: 16) }
        bytes.append(zeros: 510 - bytes.count)
        return bytes + [0x55, 0xAA]
    }

    /// The record in the first 512 of `bytes`.
    public init(parsing bytes: [UInt8]) throws(PartitionTableError) {
        guard bytes.count >= Self.size, bytes[510] == 0x55, bytes[511] == 0xAA,
            let signature: UInt32 = bytes.little(at: Self.bootCodeSize)
        else { throw .noMBR(offset: 0) }
        bootCode = Array(bytes[..<Self.bootCodeSize])
        diskSignature = signature
        partitions = (0..<4).map { MBRPartition(Array(bytes[446 + $0 * 16..<462 + $0 * 16])) }
    }
}
