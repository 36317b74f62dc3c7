internal import Assembly
internal import FileTree

extension OutputSession {
    /// Writes the files of `format`, either completely or not at all.
    func write(_ format: OutputFormat) throws -> [WrittenFile] {
        let suffix = format.suffixes[0]
        switch format.form {
        case .entries(let hasDockerfile):
            let entries = hasDockerfile ? image.entriesWithDockerfile(stamp) : image.entries
            return [try writeTar(entries, suffix: suffix)]
        case .files(root: .initrd): return try writeKernelAndInitrd(format)
        case .files(root: .iso):
            return try writeKernel(with: format) { try writeImage(try rootISO(format), $0) }
        case .files(root: .squashfs):
            return try writeKernel(with: format) { try writeSquashFS(format, $0) }
        case .files(root: .erofs):
            return try writeKernel(with: format) { try writeImage(try rootEROFS(format), $0) }
        case .archivedInitrd: return [try writeKernelInitrdArchive(format)]
        case .raspberryPiCard: return [try writeRaspberryPiArchive(format, suffix)]
        case .cd(let boot): return [try writeImage(try cd(boot, format), suffix)]
        case .biosRootCD: return [try writeImage(try biosRootCD(format), suffix)]
        case .efiRootCD: return [try writeImage(try efiRootCD(format), suffix)]
        case .disk(let boot, let container):
            return [try writeDisk(try disk(boot, format), in: container, suffix)]
        }
    }

    private func cd(_ boot: OutputForm.BootFirmware, _ format: OutputFormat) throws -> ExtentMap {
        switch boot {
        case .bios: try biosMedium(format).withMBR()
        case .efi: try efiCD(format)
        case .both: try hybridCD(format)
        }
    }

    private func disk(_ boot: OutputForm.BootFirmware, _ format: OutputFormat) throws -> ExtentMap {
        switch boot {
        case .bios: try biosDisk(format)
        case .efi: try efiDisk(format)
        case .both: try hybridDisk(format)
        }
    }

    private func writeDisk(
        _ disk: ExtentMap, in container: DiskContainer, _ suffix: String
    ) throws -> WrittenFile {
        switch container {
        case .raw: try writeImage(disk, suffix)
        case .qcow2: try writeQCOW2(disk, suffix)
        case .fixedVHD: try writeVHD(disk, isDynamic: false, suffix)
        case .dynamicVHD: try writeVHD(disk, isDynamic: true, suffix)
        case .vmdk: try writeVMDK(disk, suffix)
        case .googleArchive: try writeGoogleArchive(disk, suffix)
        }
    }
}
