/// What a path given to `run` starts: a file is a CD or a disk by what stands in it, and by its name only where that
/// leaves it open; what is not a file is the base name of a kernel and what belongs to it.
public struct BootSource: Sendable, Equatable {
    /// LinuxKit's options that say what the path is, and `erofs`.
    public enum Kind: String, Sendable, CaseIterable {
        case iso, kernel, squashfs, erofs
    }

    /// What is started; the kernel's command line is still empty.
    public var boot: QEMUCommandLine.Boot
    /// The path without what names its format.
    public var baseName: String
    /// What can start from the medium; nil if the machine loads a kernel itself, and where nothing is known.
    public var starters: Starters?
    /// True if the name says that only UEFI firmware starts it.
    private var isNamedForUEFI: Bool

    /// The file with the kernel's command line; nil if the machine loads no kernel itself.
    public var commandLinePath: String? {
        switch boot {
        case .kernel, .kernelAndRoot: "\(baseName)-cmdline"
        case .cd, .disk: nil
        }
    }

    /// True if a PC needs UEFI firmware for it.
    public var wantsUEFI: Bool {
        guard let starters, starters != Starters() else { return isNamedForUEFI }
        return starters.needsUEFI
    }

    /// `isFile` says whether a path names something that can be a disk. `contents` is what stands in the file at
    /// `path`, nil for devices, which are known by their names.
    public init(
        path: String, kind: Kind? = nil, contents: ImageContents? = nil, isFile: (String) -> Bool
    ) throws(BootSourceError) {
        switch kind {
        case nil where isFile(path): self = Self.image(path, contents)
        case .iso where isFile(path):
            self.init(cd: path)
            starters = contents.map { $0.cd ?? Starters() }
        default: self = try Self.parts(path, kind, isFile)
        }
    }

    private init(cd path: String) {
        boot = .cd(path: path)
        baseName = Self.baseName(path)
        isNamedForUEFI = ["-efi.iso", "-efi-initrd.iso", "-efi.img", "-efi.qcow2"].contains(
            where: path.hasSuffix)
    }

    private static func image(_ path: String, _ contents: ImageContents?) -> BootSource {
        var source = BootSource(cd: path)
        if isCD(path, contents) {
            source.starters = contents.map { $0.cd ?? Starters() }
            return source
        }
        source.boot = .disk(
            QEMUCommandLine.Drive(path: path, format: (contents?.format ?? named(path))?.rawValue))
        // Of a disk that cannot be read here nothing is known.
        source.starters = contents.flatMap { $0.mayReferToFiles ? nil : $0.disk ?? Starters() }
        return source
    }

    /// A hybrid image is both: that is a CD unless its name says otherwise.
    private static func isCD(_ path: String, _ contents: ImageContents?) -> Bool {
        let isNamedSo = path.hasSuffix(".iso")
        guard let contents, contents.format == .raw else { return contents == nil && isNamedSo }
        let startsAsDisk = contents.disk.map { $0 != Starters() } ?? false
        let startsAsCD = contents.cd.map { $0 != Starters() } ?? false
        if startsAsCD != startsAsDisk { return startsAsCD }
        return isNamedSo || (contents.cd != nil && ![".img", ".raw"].contains(where: path.hasSuffix))
    }

    private static func named(_ path: String) -> DiskFormat? {
        DiskFormat.allCases.first { format in
            format.usualEndings.contains { path.hasSuffix(".\($0)") }
        }
    }

    /// A kernel and what it needs, the first of what is there: initrd, squashfs, EROFS, ISO image.
    private static func parts(
        _ path: String, _ kind: Kind?, _ isFile: (String) -> Bool
    ) throws(BootSourceError) -> BootSource {
        let kernel = "\(path)-kernel"
        guard isFile(kernel) else {
            throw BootSourceError(path: path, missing: kind == nil ? [path, kernel] : [kernel])
        }
        var source = BootSource(cd: "")
        source.baseName = path
        let initrd = "\(path)-initrd.img"
        let hasInitrd = isFile(initrd)
        source.boot = .kernel(path: kernel, initrd: hasInitrd ? initrd : nil, commandLine: "")
        if kind == .kernel || (kind == nil && hasInitrd) { return source }
        let roots: [(kind: Kind, path: String)] = [
            (.squashfs, "\(path)-squashfs.img"), (.erofs, "\(path)-erofs.img"), (.iso, "\(path).iso"),
        ]
        for root in roots where kind == nil || kind == root.kind {
            if isFile(root.path) {
                source.boot = .kernelAndRoot(path: kernel, root: root.path, commandLine: "")
                return source
            }
            if kind != nil { throw BootSourceError(path: path, missing: [root.path]) }
        }
        return source
    }

    private static func baseName(_ path: String) -> String {
        let endings = [
            "-efi-initrd.iso", "-efi.iso", "-hybrid.iso", ".iso", "-bios.img", "-efi.img", "-hybrid.img",
            ".img",
            "-efi.qcow2", "-hybrid.qcow2", ".qcow2", ".raw", ".vmdk", ".vhd",
        ]
        guard let ending = endings.first(where: { path.hasSuffix($0) && path.utf8.count > $0.utf8.count })
        else { return path }
        return String(path.dropLast(ending.count))
    }
}

/// A path that leads to nothing that could be started.
public struct BootSourceError: Error, Equatable, Sendable {
    public let path: String
    /// The files that would have served.
    public let missing: [String]

    public init(path: String, missing: [String]) {
        self.path = path
        self.missing = missing
    }
}
