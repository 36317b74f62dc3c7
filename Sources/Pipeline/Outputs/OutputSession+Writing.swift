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
        case .card: return [try writeRaspberryPiArchive(format, suffix)]
        case .cd(let content, let firmware):
            return [try writeImage(try cd(content, for: firmware, format), suffix)]
        case .disk(let firmware, let container):
            return [try writeDisk(try disk(for: firmware, format), in: container, suffix)]
        }
    }

    private func cd(
        _ content: OutputForm.CDContent, for firmware: Set<Firmware>, _ format: OutputFormat
    ) throws -> ExtentMap {
        switch (content, firmware.contains(.bios), firmware.contains(.efi)) {
        case (.root, true, _): try biosRootCD(format)
        case (.root, false, _): try efiRootCD(format)
        case (.initrd, true, true): try hybridCD(format)
        case (.initrd, true, false): try biosMedium(format).withMBR()
        case (.initrd, false, _): try efiCD(format)
        }
    }

    private func disk(for firmware: Set<Firmware>, _ format: OutputFormat) throws -> ExtentMap {
        switch (firmware.contains(.bios), firmware.contains(.efi)) {
        case (true, true): try hybridDisk(format)
        case (true, false): try biosDisk(format)
        case (false, _): try efiDisk(format)
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
