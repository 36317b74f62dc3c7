internal import Bytes
internal import Digests
internal import FileTree
internal import ISO9660
internal import PartitionTable

/// A bootable ISO 9660 file system: El Torito boots it from CD, and the boot code and partition table in front
/// of it from a disk.
struct BootMedium {
    static let volumeID = "LINUXKIT"
    /// The alignment in bytes of partitions and disk sizes, a multiple of every medium's block size.
    static let alignment: UInt64 = 1 << 20

    let image: ISO9660Image
    let stamp: BuildStamp
    /// The location of isolinux.bin; nil if the medium does not boot under a BIOS.
    let isolinux: ISO9660Location?
    /// The boot code for the first sector of a disk.
    let bootCode: [UInt8]
    /// The location of the EFI system partition; nil if the medium does not boot under EFI.
    let systemPartition: ISO9660Location?

    /// The size of the file system in bytes.
    var count: UInt64 { image.count }

    /// The first 32 KiB of a disk for a BIOS only: one active partition with the file system, padded to the alignment
    /// (type 0x17, as with isohybrid), so that the space after it is free.
    func mbr() throws -> [UInt8] {
        let sectors = count.aligned(to: Self.alignment) / GPTDisk.sectorSize
        let partition = MBRPartition(
            type: 0x17, firstSector: 0, sectorCount: UInt32(clamping: sectors), isActive: true)
        let record = MBR(
            bootCode: try code(), diskSignature: MBR.diskSignature(stamp, of: identity),
            partitions: [partition])
        return try record.encoded()
    }

    /// The file system with `mbr()` in front, and zeros up to the end of its partition. It remains valid as a CD.
    func withMBR() throws -> ExtentMap {
        var extents = try image.extents(systemArea: try mbr())
        extents.append(zerosUpTo: count.aligned(to: Self.alignment))
        return extents
    }

    /// A disk of `size` bytes with a GPT whose only partition is the EFI system partition.
    ///
    /// The MBR before it is the protective one required by the specification. For a BIOS it has boot code and, as
    /// some BIOSes require an active partition, an active entry of type 0.
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
