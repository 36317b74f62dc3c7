internal import Assembly
internal import Bytes
internal import FAT
internal import FileTree
internal import ISO9660

// The media, each a function of the image and the boot files. `format` is used for errors and sizes.

extension OutputSession {
    /// A CD and disk for a BIOS: isolinux, kernel and initrd.
    func biosMedium(_ format: OutputFormat) throws -> BootMedium {
        let (tree, _) = try isolinuxTree(format)
        var options = mediumOptions
        options.bootEntries = [try isolinuxEntry()]
        let image = try ISO9660Image(tree: tree, options: options)
        return BootMedium(
            image: image, stamp: stamp, isolinux: image.bootImages[0],
            bootCode: try bootFile(Isolinux.diskBootCode, for: .bios), systemPartition: nil)
    }

    /// A CD and disk for EFI firmware: a unified kernel image in a FAT volume.
    func efiMedium(_ format: OutputFormat) throws -> BootMedium {
        let partition = try fullSystemPartition(format)
        var options = mediumOptions
        options.bootEntries = [.efi(partition.volume.extents, alignment: BootMedium.alignment)]
        let builder = FileTree.Builder(stamp: stamp.time)
        let image = try ISO9660Image(tree: builder.freeze(), options: options)
        return BootMedium(
            image: image, stamp: stamp, isolinux: nil, bootCode: [],
            systemPartition: image.bootImages[0])
    }

    /// A CD and disk for both. Kernel and initrd are stored once, in the FAT volume, to which the ISO file system's
    /// names refer.
    func hybridMedium(_ format: OutputFormat) throws -> BootMedium {
        let (tree, initrd) = try isolinuxTree(format)
        let partition = try systemPartition(
            commandLine: try commandLine(), initrd: initrd, format: format)
        var options = mediumOptions
        options.bootEntries = [
            try isolinuxEntry(), .efi(partition.volume.extents, alignment: BootMedium.alignment),
        ]
        for (path, offset) in [
            (Isolinux.Places.usual.initrd, partition.initrdOffset),
            (Isolinux.Places.usual.kernel, partition.kernelOffset),
        ] {
            guard let offset else { continue }
            options.aliases.append(ISO9660Alias(path: path, bootEntry: 1, offset: offset))
        }
        let image = try ISO9660Image(tree: tree, options: options)
        return BootMedium(
            image: image, stamp: stamp, isolinux: image.bootImages[0],
            bootCode: try bootFile(Isolinux.diskBootCode, for: .bios),
            systemPartition: image.bootImages[1])
    }

    /// The command line of the kit.
    func commandLine() throws -> KernelCommandLine {
        try KernelCommandLine(image.bootParts.commandLine, from: store)
    }

    /// The EFI system partition of a medium with an initrd.
    func fullSystemPartition(
        _ format: OutputFormat, hiddenSectors: UInt32 = 0
    ) throws -> EFISystemPartition {
        try systemPartition(
            commandLine: try commandLine(), initrd: try stagedInitrd(for: format).contents,
            hiddenSectors: hiddenSectors, format: format)
    }

    func isolinuxEntry() throws -> ISO9660BootEntry { .bios(try bootFile(Isolinux.image, for: .bios)) }

    private var mediumOptions: ISO9660Options {
        var options = ISO9660Options(volumeID: BootMedium.volumeID, stamp: stamp)
        options.sizeAlignment = BootMedium.alignment
        return options
    }

    private func isolinuxTree(_ format: OutputFormat) throws -> (tree: FileTree, initrd: FileContents) {
        let initrd = try stagedInitrd(for: format).contents
        var builder = FileTree.Builder(stamp: stamp.time)
        try addIsolinux(to: &builder, commandLine: try commandLine(), initrd: initrd, format: format)
        return (builder.freeze(), initrd)
    }
}
