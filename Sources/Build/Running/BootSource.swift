/// What a path given to `run` starts, found as LinuxKit finds it: a file is a CD if it ends in `.iso` and a disk
/// otherwise; what is no file is the base name of a kernel and what belongs to it.
public struct BootSource: Sendable, Equatable {
    /// LinuxKit's options that say what the path is, and `erofs`.
    public enum Kind: String, Sendable, CaseIterable {
        case iso, kernel, squashfs, erofs
    }

    /// What is started; the kernel's command line is still empty.
    public var boot: QEMUCommandLine.Boot
    /// The path without what names its format.
    public var baseName: String
    /// True where the name says that a BIOS does not start it.
    public var wantsUEFI: Bool

    /// The file with the kernel's command line; nil if the machine loads no kernel itself.
    public var commandLinePath: String? {
        switch boot {
        case .kernel, .kernelAndRoot: "\(baseName)-cmdline"
        case .cd, .disk: nil
        }
    }

    /// `isFile` tells whether a path names something that can be a disk.
    public init(
        path: String, kind: Kind? = nil, isFile: (String) -> Bool
    ) throws(BootSourceError) {
        switch kind {
        case nil where isFile(path): self = Self.image(path)
        case .iso where isFile(path): self.init(cd: path)
        default: self = try Self.parts(path, kind, isFile)
        }
    }

    private init(cd path: String) {
        boot = .cd(path: path)
        baseName = Self.baseName(path)
        wantsUEFI = path.hasSuffix("-efi.iso") || path.hasSuffix("-efi-initrd.iso")
    }

    private static func image(_ path: String) -> BootSource {
        if path.hasSuffix(".iso") { return BootSource(cd: path) }
        // What an image says of itself is not believed where the name tells: a guest could have written it.
        let formats = [
            ".img": "raw", ".raw": "raw", ".qcow2": "qcow2", ".vmdk": "vmdk", ".vhd": "vpc",
        ]
        let format = formats.first { path.hasSuffix($0.key) }?.value
        var source = BootSource(cd: path)
        source.boot = .disk(QEMUCommandLine.Drive(path: path, format: format))
        source.wantsUEFI = path.hasSuffix("-efi.img") || path.hasSuffix("-efi.qcow2")
        return source
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
