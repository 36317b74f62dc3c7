internal import Bytes
internal import FileTree

/// The files that isolinux needs in an ISO file system to start a kernel.
enum Isolinux {
    /// The paths of its files, which must not contain symbolic links. It reads its configuration from any of these
    /// directories (SYSLINUX wiki, "Config", "Configuration file location").
    struct Places {
        let kernel: ByteString
        let initrd: ByteString
        let directory: ByteString

        static let usual = Places(
            kernel: "boot/kernel", initrd: "boot/initrd.img", directory: "boot/isolinux")
        /// For a root file system whose `boot` is a link.
        static let besideBoot = Places(
            kernel: "isolinux/kernel", initrd: "isolinux/initrd.img", directory: "isolinux")
    }

    /// The El Torito boot image.
    static let image = "isolinux.bin"
    /// The module that isolinux.bin loads first.
    static let loader = "ldlinux.c32"
    /// The MBR boot code that finds isolinux on a disk.
    static let diskBootCode = "isohdpfx.bin"

    /// Returns why `bytes` are not a valid file `name` of isolinux, which would otherwise only show when a machine
    /// does not boot.
    static func refusal(_ name: String, _ bytes: [UInt8]) -> String? {
        switch name {
        case image where !bytes.dropFirst(64).starts(with: [0xFB, 0xC0, 0x78, 0x70]):
            "isolinux's signature at byte 64 is missing"
        case loader where !bytes.starts(with: Array("\u{7F}ELF".utf8)): "it is not an ELF file"
        case diskBootCode where bytes.count != 432 && bytes.count != 440:
            "it has \(bytes.count) bytes, but MBR boot code has 432"
        default: nil
        }
    }

    /// The configuration: one entry, started without delay.
    static func configuration(_ places: Places, commandLine: ByteString, hasInitrd: Bool) -> ByteString {
        var lines: [ByteString] = ["DEFAULT linux", "PROMPT 0", "TIMEOUT 0", "LABEL linux"]
        lines.append("  KERNEL /" + places.kernel)
        if hasInitrd { lines.append("  INITRD /" + places.initrd) }
        if !commandLine.isEmpty { lines.append("  APPEND " + commandLine) }
        return ByteString((lines + [""]).map(\.bytes).joined(separator: [0x0A]))
    }
}

extension OutputSession {
    /// Adds kernel, initrd, configuration and the loader's module to a tree.
    func addIsolinux(
        to builder: inout FileTree.Builder, commandLine: KernelCommandLine, initrd: FileContents?,
        format: OutputFormat
    ) throws {
        let kernel = try stagedKernel(format: format.name)
        guard try isBzImage(kernel) else { throw OutputError.kernelNotForBIOS(format: format.name) }
        let all = [Isolinux.Places.usual, .besideBoot]
        guard let places = all.first(where: { !builder.leadsThroughLink($0.directory) }) else {
            throw OutputError.linkedBootDirectory(format: format.name, paths: all.map(\.directory.text))
        }
        let configuration = Isolinux.configuration(
            places, commandLine: try commandLine.checked(), hasInitrd: initrd != nil)
        let loader = ByteString(try bootFile(Isolinux.loader, for: .bios))
        func add(_ path: ByteString, _ contents: FileContents) throws {
            let metadata = FileMetadata(permissions: 0o644, modified: stamp.time)
            try builder.add(path, FileNode(kind: .regular, metadata: metadata, contents: contents))
        }
        try add(places.kernel, kernel)
        if let initrd { try add(places.initrd, initrd) }
        try add(places.directory + "/isolinux.cfg", .bytes(configuration))
        try add(places.directory + "/" + ByteString(Isolinux.loader), .bytes(loader))
    }

    /// The boot file called `name`.
    func bootFile(_ name: String, for firmware: Firmware) throws -> [UInt8] {
        // The keys of shared outputs contain the digests of these files.
        guard firmware.fileNames.contains(name) else {
            throw OutputError.noBootFiles(name: name, reason: "unknown boot file")
        }
        guard let files = bootFiles[firmware] else {
            throw OutputError.noBootFiles(name: name, reason: "no source of boot files was given")
        }
        let bytes = try files.file(name)
        if let reason = Isolinux.refusal(name, bytes) {
            throw OutputError.unusableBootFile(name: name, origin: files.origin, reason: reason)
        }
        return bytes
    }

    /// Checks before any work that the boot files for `format` are available.
    func checkBootFiles(_ format: OutputFormat) throws {
        for (firmware, name) in format.bootFiles(architecture: options.architecture) {
            _ = try bootFile(name, for: firmware)
        }
    }

    /// The same for an optional file.
    func optionalBootFile(_ name: String, for firmware: Firmware) throws -> [UInt8]? {
        do { return try bootFile(name, for: firmware) } catch OutputError.noBootFile { return nil }
    }

    /// Documentation/arch/x86/boot.rst: `header` of the setup header.
    private func isBzImage(_ kernel: FileContents) throws -> Bool {
        let access = ContentReader(kernel, from: store)
        guard access.count >= 0x250 else { return false }
        return try access.bytes(at: 0x202, length: 4, of: "kernel") == Array("HdrS".utf8)
    }
}
