internal import Assembly
internal import Bytes
internal import FileTree
internal import Host
public import KitConfig

/// Where initrds end: at Linux, which stops unpacking, and at what loads them.
public enum InitrdLimits {
    /// Bytes of a file. Linux unpacks an initrd's files as programs without large file support write them: the write
    /// that would reach 2^31 bytes fails, and what follows the file in the archive is never unpacked.
    static let largestFile: UInt64 = (1 << 31) - 1

    /// Bytes that QEMU loads for `-initrd`.
    static let largestForQEMU: UInt64 = 1 << 31

    /// Bytes that OVMF's driver for virtio disks takes in one request; firmware reads a program in one piece.
    static let largestRequest: UInt64 = 1 << 30

    /// What to say of an initrd of `size` bytes where QEMU or a boot loader takes `limit`; nil if it is not larger.
    static func warning(size: UInt64, limit: UInt64, architecture: String) -> String? {
        guard size > limit else { return nil }
        return
            "the initrd is \(size.mebibytes) MiB, but QEMU's -initrd and BIOS boot loaders accept at most "
            + "\(limit >> 20) MiB; remove something from it, or use a format that carries the root file system "
            + "itself: \(OutputFormats.withRoot(for: architecture))"
    }

    /// The same of a unified kernel image.
    static func warning(programSize size: UInt64, architecture: String) -> String? {
        guard size > largestRequest else { return nil }
        return
            "the unified kernel image is \(size.mebibytes) MiB, but OVMF reads at most "
            + "\(largestRequest >> 20) MiB at once from a virtio disk; attach it as a CD or SATA disk, or use a "
            + "format that carries the root file system itself: \(OutputFormats.withRoot(for: architecture))"
    }

    /// Refuses files of the build machine that no initrd of `formats` can hold, before anything is read or pulled.
    /// What has no size until it is read, such as a pipe, is found by `OutputSession.checkLimits`.
    public static func checkSources(
        of kit: Kit, home: String, formats: [OutputFormat], architecture: String
    ) throws {
        guard let format = formats.first(where: { $0.content == .initrd }) else { return }
        var sizes: [String: UInt64] = [:]
        for file in kit.files {
            // The last one of a path counts.
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

/// How much room there is for an initrd, and who says so.
struct InitrdRoom {
    let format: String
    /// Bytes.
    let limit: UInt64
    let reason: String
}

extension OutputSession {
    /// Finds before any work what the formats cannot hold, or what would not start. An initrd's size is known when it
    /// is compressed: `initrdRoom` is what that stops at.
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

    /// The room for an initrd in `format`; nil if nothing is known that ends.
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

    /// Warns where an initrd without a boot loader is too large for what usually loads one.
    func warnOfLargeInitrd(_ format: OutputFormat) throws {
        var limit = InitrdLimits.largestForQEMU
        if let kernel = image.bootParts.kernel, kernel.count > 0,
            let memory = try BIOSMemory(ContentReader(kernel, from: store))
        {
            limit = min(limit, memory.largestInitrd)
        }
        let size = try stagedInitrd().size
        if let text = InitrdLimits.warning(size: size, limit: limit, architecture: options.architecture) {
            onWarning("\(format.name): \(text)")
        }
    }

    /// Warns of a unified kernel image that some firmware cannot read.
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
