public import Bytes
internal import FAT
internal import FileTree
internal import ISO9660
internal import PartitionTable

/// What a file says of itself that a machine shall start from.
///
/// Images may be hostile: the readers bound how long they take, and what they cannot read is unknown here and left
/// to QEMU.
public struct ImageContents: Sendable, Equatable {
    public var format: DiskFormat
    /// True for an image that may lead to other files of the host, which a guest that writes to a raw disk can forge.
    public var mayReferToFiles = false
    /// What starts from it as a CD; nil if it has no ISO 9660 file system.
    public var cd: Starters?
    /// What starts from it as a disk; nil without a boot sector, and where the disk cannot be read here.
    public var disk: Starters?

    /// Files that are no medium, and how to make one of them.
    public enum Problem: Error, Sendable, Equatable {
        case compressed, archive
    }

    public init(format: DiskFormat, cd: Starters? = nil, disk: Starters? = nil) {
        self.format = format
        self.cd = cd
        self.disk = disk
    }

    /// Looks into `image`. Throws `Problem` or `StreamError`.
    public init(of image: any RandomAccessBytes) throws {
        format = try DiskFormat(of: image)
        guard let bytes = format.disk(in: image) else {
            mayReferToFiles = true
            return
        }
        if format == .raw { try Self.refuseArchives(image) }
        cd = try Self.startersOfCD(bytes)
        disk = try Self.startersOfDisk(bytes)
    }

    private static let compressions: [[UInt8]] = [
        [0x1F, 0x8B], [0x28, 0xB5, 0x2F, 0xFD], [0xFD, 0x37, 0x7A, 0x58, 0x5A], Array("BZh".utf8),
        [0x04, 0x22, 0x4D, 0x18], Array("PK\u{3}\u{4}".utf8),
    ]

    private static func refuseArchives(_ image: any RandomAccessBytes) throws {
        for mark in compressions where try image.has(mark, at: 0) { throw Problem.compressed }
        let hasBootSector = try image.has([0x55, 0xAA], at: 510)
        if !hasBootSector, try image.has(Array("ustar".utf8), at: 257) { throw Problem.archive }
    }

    // MARK: CDs (El Torito 1.0)

    private static func startersOfCD(_ image: any RandomAccessBytes) throws -> Starters? {
        guard try image.has(Array("CD001".utf8), at: 32769) else { return nil }
        let reader: ISO9660Reader
        let entries: [ISO9660BootImage]
        do {
            reader = try ISO9660Reader(image)
            entries = try reader.bootImages().filter(\.isBootable)
        } catch { return Starters(bios: true, hasUnknown: true) }
        var starters = Starters(bios: entries.contains { $0.platform == 0 })
        for entry in entries where entry.platform == 0xEF {
            let offset = UInt64(entry.sector) * 2048
            guard offset < image.count else { continue }
            let volume = RangeAccess(image, offset: offset, length: image.count - offset)
            starters.add(systemPartition: volume)
        }
        return starters
    }

    // MARK: disks (UEFI 2.10 §5)

    private static func startersOfDisk(_ image: any RandomAccessBytes) throws -> Starters? {
        guard image.count >= 512, try image.has([0x55, 0xAA], at: 510) else { return nil }
        let sector = try image.bytes(at: 0, length: 512, of: "the boot sector")
        if isFAT(sector) {
            // A file system without a partition table, as on sticks. mkfs.fat puts code there that only says so.
            let isDummy = sector.containsText("This is not a bootable disk")
            var starters = Starters(bios: !isDummy)
            starters.add(systemPartition: image)
            return starters
        }
        guard let disk = try? PartitionedDisk(image) else { return Starters(bios: true, hasUnknown: true) }
        var starters = Starters(bios: sector[..<MBR.bootCodeSize].contains { $0 != 0 })
        for partition in disk.systemPartitions where partition.offset < image.count {
            starters.add(
                systemPartition: RangeAccess(
                    image, offset: partition.offset,
                    length: min(partition.length, image.count - partition.offset)))
        }
        return starters
    }

    /// A jump, and the type where FAT12, FAT16 or FAT32 has it.
    private static func isFAT(_ sector: [UInt8]) -> Bool {
        guard sector[0] == 0xEB || sector[0] == 0xE9 else { return false }
        return [54, 82].contains { sector[$0..<$0 + 3].elementsEqual("FAT".utf8) }
    }
}

extension Starters {
    /// Adds what firmware finds in a FAT file system.
    fileprivate mutating func add(systemPartition volume: any RandomAccessBytes) {
        do {
            var found: Set<String> = []
            try FATReader(volume).walk { (file, _) throws(FATError) in
                if file.kind == .regular { found.insert(file.path.text.uppercased()) }
            }
            for architecture in GuestArchitecture.allCases
            where found.contains(architecture.removableMediaProgram) { uefi.insert(architecture) }
        } catch { hasUnknown = true }
    }
}

extension PartitionedDisk {
    /// Where firmware looks: EFI system partitions, and any FAT partition of an MBR.
    fileprivate var systemPartitions: [Partition] {
        partitions.filter { partition in
            let index = partition.number - 1
            if let gpt {
                return gpt.partitions.indices.contains(index) && gpt.partitions[index]?.type == .efiSystem
            }
            let types: Set<UInt8> = [MBRPartition.efiSystemType, 0x01, 0x04, 0x06, 0x0B, 0x0C, 0x0E]
            guard let mbr, mbr.partitions.indices.contains(index), let entry = mbr.partitions[index] else {
                return false
            }
            return types.contains(entry.type)
        }
    }
}

extension [UInt8] {
    fileprivate func containsText(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard count >= wanted.count else { return false }
        return (0...count - wanted.count).contains { self[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}
