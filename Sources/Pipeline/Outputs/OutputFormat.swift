internal import UKI

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
    /// The form of the root file system.
    public let content: Content
    /// Whether the output is one stream that can be written to standard output.
    public let isStreamed: Bool
    /// The firmware under which the output boots; empty if the user's own boot loader or hypervisor starts it.
    public let firmware: Set<Firmware>
    /// The unit to which the size of a disk is rounded; nil if the output is not a disk.
    public let diskUnit: DiskUnit?
    /// The allowed sizes of a disk.
    public let diskRange: DiskRange
    /// Tools of other projects that can read the output, used by tests.
    public let oracles: [String]
    /// Writes the files of this format, either completely or not at all.
    package let write: @Sendable (OutputSession, OutputFormat) throws -> [WrittenFile]

    package init(
        name: String, summary: String, suffixes: [String], content: Content, isStreamed: Bool = false,
        firmware: Set<Firmware> = [], diskUnit: DiskUnit? = nil, diskRange: DiskRange = .any,
        oracles: [String],
        write: @escaping @Sendable (OutputSession, OutputFormat) throws -> [WrittenFile]
    ) {
        self.name = name
        self.summary = summary
        self.suffixes = suffixes
        self.content = content
        self.isStreamed = isStreamed
        self.firmware = firmware
        self.diskUnit = diskUnit
        self.diskRange = diskRange
        self.oracles = oracles
        self.write = write
    }

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
    public var isSquashFS: Bool { name == OutputFormat.kernelSquashFS.name }

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

    /// The corresponding format for EFI firmware, or the nearest one.
    private var efiCounterpart: String {
        let names = [name.replacing("-bios", with: "-efi"), "\(name)-efi-initrd", "\(name)-efi"]
        return names.first { $0 != name && OutputFormats.named($0) != nil } ?? "raw-efi"
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

/// The firmware of a machine.
public enum Firmware: Sendable {
    /// A PC's BIOS.
    case bios
    /// UEFI.
    case efi
    /// The boot ROM of a Raspberry Pi, and U-Boot after it.
    case raspberryPi

    var architectures: [String] {
        switch self {
        case .bios: ["amd64"]
        case .efi: ["amd64", "arm64", "riscv64"]
        case .raspberryPi: ["arm64"]
        }
    }

    /// The names of the boot files that a machine of an architecture requires.
    func bootFiles(architecture: String) -> [String] {
        switch self {
        case .bios: [Isolinux.image, Isolinux.loader]
        case .efi: [MachineType(architecture: architecture)?.stubName].compactMap { $0 }
        case .raspberryPi: [RaspberryPi.loader]
        }
    }

    /// All boot files that an output may contain, including optional ones. No others are read.
    public var fileNames: [String] {
        switch self {
        case .bios: [Isolinux.diskBootCode] + bootFiles(architecture: "amd64")
        case .efi: architectures.flatMap(bootFiles)
        case .raspberryPi:
            bootFiles(architecture: "arm64") + RaspberryPi.firmware + RaspberryPi.optional
                + [RaspberryPi.configurationName]
        }
    }

    var text: String {
        switch self {
        case .bios: "a BIOS"
        case .efi: "UEFI"
        case .raspberryPi: "a Raspberry Pi"
        }
    }
}

/// All output formats, in the order of the help.
public enum OutputFormats {
    public static let all: [OutputFormat] = [
        .tar, .docker, .kernelInitrd, .tarKernelInitrd,
        .kernelISO, .kernelSquashFS, .kernelEROFS,
        .isoBIOS, .isoEFI, .isoEFIInitrd, .iso,
        .rawBIOS, .rawEFI, .raw, .qcow2BIOS, .qcow2EFI, .qcow2,
        .aws, .gcp, .vhd, .dynamicVHD, .vmdk, .rpi3,
    ]

    /// Identifies the bytes that all formats write: the beginning of the SHA-256 of the golden digests, updated with
    /// them. Builders that share outputs use it to decide whether they would write the same bytes.
    public static let identity = "fb0c44808a8f54ea"

    /// The formats for `architecture` that contain the root file system itself, for advice in messages: "a, b or c".
    static func withRoot(for architecture: String) -> String {
        let names = all.filter { $0.content == .root && $0.architectures.contains(architecture) }.map(\.name)
        guard let last = names.last, names.count > 1 else { return names.joined() }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }

    /// The suffix of a file that both formats would write with different bytes; nil if both can be written
    /// in one run. Kernel and command line are identical in all formats that have them.
    public static func clash(_ one: OutputFormat, _ other: OutputFormat) -> String? {
        one.suffixes.first { other.suffixes.contains($0) && !common.contains($0) }
    }

    private static let common = ["-kernel", "-cmdline"]

    public static func named(_ name: String) -> OutputFormat? { all.first { $0.name == name } }
}
