internal import Assembly
internal import Bytes
internal import FileTree
internal import Host
public import KitConfig

/// The size limits of initrds: those of Linux, which unpacks them, and of their loaders.
public enum InitrdLimits {
    /// The limit for one file in bytes. Linux unpacks an initrd's files without large file support: the write that
    /// would reach 2^31 bytes fails, and the rest of the archive is never unpacked.
    static let largestFile: UInt64 = (1 << 31) - 1

    /// The limit of QEMU's `-initrd` in bytes.
    static let largestForQEMU: UInt64 = 1 << 31

    /// The limit in bytes of one request to OVMF's virtio disk driver. Firmware reads a program in one request.
    static let largestRequest: UInt64 = 1 << 30

    /// The warning for an initrd of `size` bytes if QEMU or a boot loader accepts `limit`; nil if it fits.
    static func warning(size: UInt64, limit: UInt64, architecture: String) -> String? {
        guard size > limit else { return nil }
        return
            "the initrd is \(size.mebibytes) MiB, but QEMU's -initrd and BIOS boot loaders accept at most "
            + "\(limit >> 20) MiB; remove something from it, or use a format that carries the root file system "
            + "itself: \(OutputFormats.withRoot(for: architecture))"
    }

    /// The same for a unified kernel image.
    static func warning(programSize size: UInt64, architecture: String) -> String? {
        guard size > largestRequest else { return nil }
        return
            "the unified kernel image is \(size.mebibytes) MiB, but OVMF reads at most "
            + "\(largestRequest >> 20) MiB at once from a virtio disk; attach it as a CD or SATA disk, or use a "
            + "format that carries the root file system itself: \(OutputFormats.withRoot(for: architecture))"
    }

    /// Rejects files of the build machine that are too large for an initrd of `formats`, before anything is read or
    /// pulled. Sources without a known size, such as pipes, are checked by `OutputSession.checkLimits`.
    public static func checkSources(
        of kit: Kit, home: String, formats: [OutputFormat], architecture: String
    ) throws {
        guard let format = formats.first(where: { $0.content == .initrd }) else { return }
        var sizes: [String: UInt64] = [:]
        for file in kit.files {
            // The last entry of a path counts.
            let path = file.path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
            sizes[path] = nil
            guard !file.source.isEmpty, !path.hasPrefix("boot/") else { continue }
            sizes[path] = try? FileStatus.following(file.sourcePath(home: home))?.size
        }
        for (path, size) in sizes.sorted(by: { ByteString($0.key) < ByteString($1.key) })
        where size > largestFile {
            throw OutputError.fileTooLargeForInitrd(
                format: format.name, path: path, size: size,
                alternatives: OutputFormats.withRoot(for: architecture))
        }
    }
}

/// The maximum size of an initrd, and the reason for it.
struct InitrdRoom {
    let format: String
    /// The limit in bytes.
    let limit: UInt64
    let reason: String
}

extension OutputSession {
    /// Checks before any work for contents that the formats cannot represent or that would not boot. The size of an
    /// initrd is known only when it is compressed, which stops at `initrdRoom`.
    func checkLimits(_ formats: [OutputFormat]) throws {
        for format in formats {
            if let asked = options.diskSize { _ = try format.checkDiskSize(asked) }
        }
        let carrying = formats.filter { $0.content == .initrd }
        guard let first = carrying.first else { return }
        let tree = try rootTree()
        for (index, node) in tree.nodes.enumerated()
        where node.kind == .regular && node.contents.count > InitrdLimits.largestFile {
            throw OutputError.fileTooLargeForInitrd(
                format: first.name, path: tree.firstPath(of: index).text, size: node.contents.count,
                alternatives: OutputFormats.withRoot(for: options.architecture))
        }
        initrdRoom = try carrying.compactMap(room).min { $0.limit < $1.limit }
    }

    /// The maximum size of an initrd in `format`; nil if no limit is known.
    private func room(in format: OutputFormat) throws -> InitrdRoom? {
        if format.firmware.contains(.raspberryPi) {
            return InitrdRoom(
                format: format.name, limit: RaspberryPi.largestInitrd,
                reason: "a Raspberry Pi 3 has no room in memory for more")
        }
        guard let kernel = image.bootParts.kernel, kernel.count > 0 else { return nil }
        if format.firmware.contains(.bios) {
            guard let memory = try BIOSMemory(ContentReader(kernel, from: store)) else { return nil }
            return InitrdRoom(
                format: format.name, limit: memory.largestInitrd,
                reason: "under a BIOS, isolinux and the kernel need the initrd below "
                    + "\(memory.initrdEnd.mebibytes) MiB of memory")
        }
        guard format.firmware.contains(.efi) else { return nil }
        return InitrdRoom(
            format: format.name, limit: UInt64(UInt32.max) - min(kernel.count, 1 << 30),
            reason: "an EFI program must end below 4 GiB")
    }

    /// Warns if an initrd for a user's own boot loader is too large for common loaders.
    func warnOfLargeInitrd(_ format: OutputFormat) throws {
        var limit = InitrdLimits.largestForQEMU
        if let kernel = image.bootParts.kernel, kernel.count > 0,
            let memory = try BIOSMemory(ContentReader(kernel, from: store))
        {
            limit = min(limit, memory.largestInitrd)
        }
        let size = try stagedInitrd(for: format).size
        if let text = InitrdLimits.warning(size: size, limit: limit, architecture: options.architecture) {
            onWarning("\(format.name): \(text)")
        }
    }

    /// Warns about a unified kernel image that some firmware cannot read.
    func warnOfLargeProgram(_ size: UInt64, _ format: OutputFormat) {
        if let text = InitrdLimits.warning(programSize: size, architecture: options.architecture) {
            onWarning("\(format.name): \(text)")
        }
    }
}

extension FileTree {
    /// The path of the file's first name.
    fileprivate func firstPath(of node: Int) -> ByteString {
        first { $0.nodeIndex == node }?.path ?? ByteString()
    }
}
