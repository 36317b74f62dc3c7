internal import Bytes
internal import FileTree

/// What isolinux needs in an ISO file system to start a kernel.
enum Isolinux {
    static let kernel: ByteString = "boot/kernel"
    static let initrd: ByteString = "boot/initrd.img"
    static let folder: ByteString = "boot/isolinux"
    /// The module that isolinux.bin loads first.
    static let loader = "ldlinux.c32"
    /// What an MBR begins with, so that isolinux is found on a disk as well.
    static let diskBootCode = "isohdpfx.bin"

    /// The configuration: one entry, started at once.
    static func configuration(commandLine: ByteString, hasInitrd: Bool) -> ByteString {
        var lines: [ByteString] = ["DEFAULT linux", "PROMPT 0", "TIMEOUT 0", "LABEL linux"]
        lines.append("  KERNEL /" + kernel)
        if hasInitrd { lines.append("  INITRD /" + initrd) }
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
        let configuration = Isolinux.configuration(
            commandLine: try commandLine.checked(), hasInitrd: initrd != nil)
        let loader = ByteString(try bootFile(Isolinux.loader, for: .bios))
        func add(_ path: ByteString, _ contents: FileContents) throws {
            let metadata = FileMetadata(permissions: 0o644, modified: stamp.time)
            try builder.add(path, FileNode(kind: .regular, metadata: metadata, contents: contents))
        }
        try add(Isolinux.kernel, kernel)
        if let initrd { try add(Isolinux.initrd, initrd) }
        try add(Isolinux.folder + "/isolinux.cfg", .bytes(configuration))
        try add(Isolinux.folder + "/" + ByteString(Isolinux.loader), .bytes(loader))
    }

    /// The boot file called `name`.
    func bootFile(_ name: String, for firmware: Firmware) throws -> [UInt8] {
        // Shared outputs are found by what these have in them.
        guard firmware.fileNames.contains(name) else {
            throw OutputError.noBootFiles(name: name, reason: "it is not among those that are known")
        }
        guard let files = bootFiles[firmware] else {
            throw OutputError.noBootFiles(name: name, reason: "no source of boot files was given")
        }
        return try files.file(name)
    }

    /// Finds out before any work whether the programs are there that start `format`.
    func checkBootFiles(_ format: OutputFormat) throws {
        for (firmware, name) in format.bootFiles(architecture: options.architecture) {
            _ = try bootFile(name, for: firmware)
        }
    }

    /// The same where a machine may do without it.
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
