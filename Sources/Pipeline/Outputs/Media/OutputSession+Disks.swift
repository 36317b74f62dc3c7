internal import Bytes
internal import FAT
internal import FileTree
internal import ISO9660
internal import PartitionTable

extension OutputSession {
    /// A disk with an MBR that boots under a BIOS.
    func biosDisk(_ format: OutputFormat) throws -> ExtentMap {
        let medium = try biosMedium(format)
        var disk = try medium.withMBR()
        disk.append(zerosUpTo: try diskSize(holding: disk.count, format: format))
        return disk
    }

    /// A disk with a GPT and an EFI system partition that boots under EFI firmware.
    func efiDisk(_ format: OutputFormat) throws -> ExtentMap {
        let before = UInt32(DiskLayout.defaultAlignment / GPTDisk.sectorSize)
        let partition = DiskLayout.Volume.efiSystem(
            try fullSystemPartition(format, hiddenSectors: before).volume.extents)
        let least = try DiskLayout.gpt([partition], stamp: stamp).extents.count
        let size = try diskSize(holding: least, format: format)
        return try DiskLayout.gpt([partition], size: size, stamp: stamp).extents
    }

    /// A disk that boots under both.
    func hybridDisk(_ format: OutputFormat) throws -> ExtentMap {
        let medium = try hybridMedium(format)
        let needed = medium.count + GPTDisk.backupSectors * GPTDisk.sectorSize
        return try medium.withGPT(diskSize: try diskSize(holding: needed, format: format))
    }

    /// The size in bytes of a disk for `needed` bytes of content: that size or the one given by `--size`, rounded up
    /// to the format's unit and at least the format's minimum.
    func diskSize(holding needed: UInt64, format: OutputFormat) throws(OutputError) -> UInt64 {
        let unit = (format.diskUnit ?? .mebibyte).rawValue
        if let asked = options.diskSize, asked.aligned(to: unit) < needed {
            throw .diskTooSmall(format: format.name, needed: needed, asked: asked)
        }
        return max(needed, options.diskSize ?? 0, format.diskRange.smallest).aligned(to: unit)
    }
}
