internal import Bytes
internal import Digests
internal import FileTree
internal import ISO9660
internal import PartitionTable

/// An ISO 9660 file system that starts a machine: from CD by El Torito, from a disk by the boot code and the
/// partition table in front of it.
struct BootMedium {
    static let volumeID = "LINUXKIT"
    /// Bytes; partitions start and disks end where every medium's blocks do.
    static let alignment: UInt64 = 1 << 20

    let image: ISO9660Image
    let stamp: BuildStamp
    /// Where isolinux.bin is; nil if no BIOS starts the medium.
    let isolinux: ISO9660Location?
    /// The boot code for the first sector of a disk.
    let bootCode: [UInt8]
    /// Where the EFI system partition is; nil if no EFI firmware starts the medium.
    let systemPartition: ISO9660Location?

    /// Bytes of the file system.
    var count: UInt64 { image.count }

    /// The first 32 KiB of a disk that only a BIOS starts: one active partition, which is the file system up to
    /// where blocks of all media end (type 0x17, as isohybrid has it), so that what follows it is free.
    func mbr() throws -> [UInt8] {
        let sectors = count.aligned(to: Self.alignment) / GPTDisk.sectorSize
        let partition = MBRPartition(
            type: 0x17, firstSector: 0, sectorCount: UInt32(clamping: sectors), isActive: true)
        let record = MBR(
            bootCode: try code(), diskSignature: MBR.diskSignature(stamp, of: identity),
            partitions: [partition])
        return try record.encoded()
    }

    /// The file system with `mbr()` in front, and zeros up to the end of its partition. As a CD it is what it was.
    func withMBR() throws -> ExtentMap {
        var extents = try image.extents(systemArea: try mbr())
        extents.append(zerosUpTo: count.aligned(to: Self.alignment))
        return extents
    }

    /// A disk of `size` bytes with a GPT, whose one partition is the EFI system partition.
    ///
    /// The MBR before it is the protective one that the specification asks for. For a BIOS it has boot code, and,
    /// as some look for an active partition, an active entry of type 0.
    func withGPT(diskSize size: UInt64) throws -> ExtentMap {
        var disk = GPTDisk(
            identifier: GUID(stamp, role: "GPT disk", of: identity),
            partitions: try systemPartition.map { [try partition($0)] } ?? [])
        if isolinux != nil {
            let active = MBRPartition(type: 0, firstSector: 0, sectorCount: 1, isActive: true)
            disk.mbr = MBR(
                bootCode: try code(), diskSignature: MBR.diskSignature(stamp, of: identity),
                partitions: [.protective(diskSectors: size / GPTDisk.sectorSize), active])
        }
        var extents = try image.extents(systemArea: try disk.primary(diskSize: size))
        let backup = try disk.backup(diskSize: size)
        extents.append(zerosUpTo: size - UInt64(backup.count))
        extents.append(backup)
        return extents
    }

    private func partition(_ location: ISO9660Location) throws -> GPTPartition {
        let first = location.offset / GPTDisk.sectorSize
        return GPTPartition(
            type: .efiSystem, identifier: GUID(stamp, role: "GPT partition 1", of: identity),
            firstSector: first,
            lastSector: first + location.length.aligned(to: GPTDisk.sectorSize) / GPTDisk.sectorSize - 1,
            name: "EFI system partition")
    }

    private func code() throws -> [UInt8] {
        guard let isolinux else { return [] }
        return try MBR.isohybridCode(bootCode, isolinuxSector: isolinux.offset / GPTDisk.sectorSize)
    }

    private var identity: SHA256Digest { image.extents.identity }
}
