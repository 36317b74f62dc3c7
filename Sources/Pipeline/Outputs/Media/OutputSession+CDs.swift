internal import Assembly
internal import Bytes
internal import FAT
internal import FileTree
internal import ISO9660
internal import PartitionTable

// CDs. All except `efiRootCD` are also disks.

extension OutputSession {
    /// A CD that boots under EFI firmware from any medium.
    func efiCD(_ format: OutputFormat) throws -> ExtentMap {
        try cd(try efiMedium(format))
    }

    /// A CD that boots under a BIOS and EFI firmware from any medium.
    func hybridCD(_ format: OutputFormat) throws -> ExtentMap {
        try cd(try hybridMedium(format))
    }

    /// The volume, followed by the backup of its partition table, in whole sectors of a CD.
    private func cd(_ medium: BootMedium) throws -> ExtentMap {
        let needed = medium.count + GPTDisk.backupSectors * GPTDisk.sectorSize
        return try medium.withGPT(diskSize: needed.aligned(to: 2048))
    }

    /// The root file system with isolinux, which boots under a BIOS from any medium.
    func biosRootCD(_ format: OutputFormat) throws -> ExtentMap {
        let commandLine = try commandLine().withRoot("/dev/sr0")
        var tree = try resolvedTree { builder in
            try addIsolinux(
                to: &builder, commandLine: commandLine, initrd: image.bootParts.microcode, format: format)
        }
        if options.shareEqualFiles { tree.shareEqualFiles() }
        let volume = try rootISO(tree, bootEntries: [try isolinuxEntry()], format)
        let medium = BootMedium(
            image: volume, stamp: stamp, isolinux: volume.bootImages[0],
            bootCode: try bootFile(Isolinux.diskBootCode, for: .bios), systemPartition: nil)
        return try medium.withMBR()
    }

    /// The root file system and a unified kernel image, which boot from CD.
    func efiRootCD(_ format: OutputFormat) throws -> ExtentMap {
        // QEMU's arm64 machine has no built-in CD drive: images are attached as disks.
        let device = options.architecture == "arm64" ? "/dev/vda" : "/dev/sr0"
        let partition = try systemPartition(
            commandLine: try commandLine().withRoot(device), initrd: image.bootParts.microcode,
            format: format)
        return try rootISO(try rootTree(), bootEntries: [.efi(partition.volume.extents)], format).extents
    }

    /// The root file system alone.
    func rootISO(_ format: OutputFormat) throws -> ExtentMap {
        try rootISO(try rootTree(), bootEntries: [], format).extents
    }

    private func rootISO(
        _ tree: FileTree, bootEntries: [ISO9660BootEntry], _ format: OutputFormat
    ) throws -> ISO9660Image {
        var options = ISO9660Options(volumeID: BootMedium.volumeID, stamp: stamp)
        options.bootEntries = bootEntries
        let image = try ISO9660Image(tree: tree, options: options)
        try report(image.losses.flatMap(Loss.losses), format: format.name)
        return image
    }
}
