/// An output format: its name, the files that it writes, what boots it, and how it is checked.
///
/// Help, the check for clashing file names, documentation and the tests over all formats
/// are generated from `OutputFormats.all`.
public struct OutputFormat: Sendable {
    /// The name used with `--format`.
    public let name: String
    /// One line for the help.
    public let summary: String
    /// The suffixes appended to the base name, one per file, in the order of the listing.
    public let suffixes: [String]
    /// What the files consist of.
    public let form: OutputForm
    /// Tools of other projects that can read the output, used by tests.
    public let oracles: [String]

    /// The boot files that the output requires, by firmware.
    func bootFiles(architecture: String) -> [(firmware: Firmware, name: String)] {
        var files: [(firmware: Firmware, name: String)] = []
        for firmware in [Firmware.bios, .efi, .raspberryPi] where self.firmware.contains(firmware) {
            files += firmware.bootFiles(architecture: architecture).map { (firmware, $0) }
        }
        // A disk begins with boot code, and every CD for a BIOS is also a disk.
        if firmware.contains(.bios) { files.append((.bios, Isolinux.diskBootCode)) }
        return files
    }

    /// Whether squashfs options apply.
    public var isSquashFS: Bool { form == .files(root: .squashfs) }

    /// The form of the root file system.
    public var content: Content { form.content }

    /// Whether the output is one stream that can be written to standard output.
    public var isStreamed: Bool { content == .entries }

    /// The firmware under which the output boots; empty if the user's own boot loader or hypervisor starts it.
    public var firmware: Set<Firmware> { form.firmware }

    /// The unit to which the size of a disk is rounded; nil if the output is not a disk.
    public var diskUnit: DiskUnit? { form.container?.unit }

    /// The allowed sizes of a disk.
    public var diskRange: DiskRange { form.container?.range ?? .any }

    /// The architectures that the output can be built for, as `--arch` names them.
    public var architectures: [String] {
        firmware.reduce(["amd64", "arm64", "riscv64"]) { known, firmware in
            known.filter(firmware.architectures.contains)
        }
    }

    /// Returns why the output cannot be built for `architecture`, with an alternative; nil if it can.
    public func refusal(architecture: String) -> String? {
        guard !architectures.contains(architecture) else { return nil }
        let missing = firmware.filter { !$0.architectures.contains(architecture) }.map(\.text).sorted()
        return
            "\(name) needs \(missing.joined(separator: " and ")), which \(architecture) does not have; "
            + (firmware == [.raspberryPi] ? "build it with --arch arm64" : "use \(efiCounterpart)")
    }

    /// The same in a form for EFI firmware, or the nearest one.
    private var efiCounterpart: String {
        OutputFormats.all.first { $0.form == form.forEFI }?.name ?? "raw-efi"
    }
}

/// The form of the root file system in an output.
public enum Content: Sendable {
    /// A stream of entries in LinuxKit's order.
    case entries
    /// An initrd, which the kernel unpacks into memory.
    case initrd
    /// A file system that the kernel mounts.
    case root
}
