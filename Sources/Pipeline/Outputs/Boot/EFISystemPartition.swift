internal import Assembly
internal import Bytes
internal import FAT
internal import FileTree
internal import UKI

/// A FAT volume with a unified kernel image at the path where EFI firmware looks on any medium.
struct EFISystemPartition {
    let volume: FATVolume
    /// The byte ranges of initrd and kernel in the volume.
    let initrdOffset: UInt64?
    let kernelOffset: UInt64?

    /// Bytes that stay free in the volume, so that the program can be replaced by a signed one.
    static let roomForSignature: UInt64 = 64 << 10
}

extension OutputSession {
    /// Lays out the partition that starts the image's kernel, preceded on a disk by `hiddenSectors` of 512 bytes.
    func systemPartition(
        commandLine: KernelCommandLine, initrd: FileContents?, hiddenSectors: UInt32 = 0, format: OutputFormat
    ) throws -> EFISystemPartition {
        guard let machine = MachineType(architecture: options.architecture),
            let stubName = machine.stubName, let programName = machine.removableMediaName
        else {
            throw OutputError.noBootFiles(
                name: "an EFI stub", reason: "none exists for \(options.architecture)")
        }
        let kernel = try stagedKernel(format: format.name)
        let program = try UnifiedKernelImage(
            stub: try bootFile(stubName, for: .efi), machine: machine,
            kernel: try KernelImage(ContentReader(kernel, from: store)),
            parts: [
                UnifiedKernelImage.Part(.osRelease, ExtentMap(try osRelease())),
                UnifiedKernelImage.Part(.commandLine, try commandLine.checked().bytes),
                UnifiedKernelImage.Part(.initrd, initrd.map { ExtentMap($0) } ?? ExtentMap()),
                UnifiedKernelImage.Part(.linux, ExtentMap(kernel)),
            ])
        warnOfLargeProgram(program.extents.count, format)
        let path = ByteString("EFI/BOOT/\(programName)")
        let volume = try FATVolume(
            files: [FATFile(path: path, contents: program.extents, modified: stamp.time)],
            options: FATOptions(
                label: "EFI", stamp: stamp, freeSpace: EFISystemPartition.roomForSignature,
                hiddenSectors: hiddenSectors))
        let start = volume.offset(of: path) ?? 0
        return EFISystemPartition(
            volume: volume, initrdOffset: program.offset(of: .initrd).map { start + $0 },
            kernelOffset: program.offset(of: .linux).map { start + $0 })
    }

    /// The image's os-release(5), or a generic one.
    private func osRelease() throws -> FileContents {
        let tree = try rootTree()
        for path in ["etc/os-release", "usr/lib/os-release"] as [ByteString] {
            guard let entry = tree.entry(at: path) else { continue }
            let node = tree.node(of: entry)
            if node.kind == .regular, node.contents.count > 0 { return node.contents }
        }
        return .bytes("ID=linux\nNAME=\"Linux\"\nPRETTY_NAME=\"Linux\"\n")
    }
}
