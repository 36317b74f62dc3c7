internal import UKI

/// One kind of output: what it is called, what it writes, what starts it, how it is checked.
///
/// Help, the check for clashing file names, documentation and the tests over all formats
/// are generated from `OutputFormats.all`.
public struct OutputFormat: Sendable {
    /// What `--format` takes.
    public let name: String
    /// One line for the help.
    public let summary: String
    /// What follows the base name, one for each file, in the order in which they are listed.
    public let suffixes: [String]
    /// What becomes of the root file system.
    public let content: Content
    /// True if the output is one stream that can go to standard output.
    public let isStreamed: Bool
    /// What the output starts under; empty for what a boot loader or hypervisor of the user's own starts.
    public let firmware: Set<Firmware>
    /// How the size of a disk is rounded; nil for what is no disk.
    public let diskUnit: DiskUnit?
    /// The sizes that a disk may have.
    public let diskRange: DiskRange
    /// Tools of other projects that can read the output: the tests ask them.
    public let oracles: [String]
    /// Writes the files of this format, whole or not at all.
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

    /// The boot files that the output cannot do without, by what they are for.
    func bootFiles(architecture: String) -> [(firmware: Firmware, name: String)] {
        var files: [(firmware: Firmware, name: String)] = []
        for firmware in [Firmware.bios, .efi, .raspberryPi] where self.firmware.contains(firmware) {
            files += firmware.bootFiles(architecture: architecture).map { (firmware, $0) }
        }
        // A disk begins with boot code, and every CD for a BIOS is a disk as well.
        if firmware.contains(.bios) { files.append((.bios, Isolinux.diskBootCode)) }
        return files
    }

    /// True if squashfs options apply.
    public var isSquashFS: Bool { name == OutputFormat.kernelSquashFS.name }

    /// The architectures that the output can be built for, as `--arch` names them.
    public var architectures: [String] {
        firmware.reduce(["amd64", "arm64", "riscv64"]) { known, firmware in
            known.filter(firmware.architectures.contains)
        }
    }

    /// Why the output can't be built for `architecture`, and what can; nil if it can.
    public func refusal(architecture: String) -> String? {
        guard !architectures.contains(architecture) else { return nil }
        let missing = firmware.filter { !$0.architectures.contains(architecture) }.map(\.text).sorted()
        return
            "\(name) needs \(missing.joined(separator: " and ")), which \(architecture) does not have; "
            + (firmware == [.raspberryPi] ? "build it with --arch arm64" : "use \(efiCounterpart)")
    }

    /// The format that is the same for EFI firmware alone, or comes nearest.
    private var efiCounterpart: String {
        let names = [name.replacing("-bios", with: "-efi"), "\(name)-efi-initrd", "\(name)-efi"]
        return names.first { $0 != name && OutputFormats.named($0) != nil } ?? "raw-efi"
    }
}

/// What becomes of the root file system in an output.
public enum Content: Sendable {
    /// It stays a stream of entries, as LinuxKit orders them.
    case entries
    /// It is packed into an initrd, which the kernel unpacks into memory.
    case initrd
    /// It is a file system of its own that the kernel mounts.
    case root
}

/// What a machine runs first.
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

    /// What a machine cannot start without, by name, for an architecture.
    func bootFiles(architecture: String) -> [String] {
        switch self {
        case .bios: [Isolinux.image, Isolinux.loader]
        case .efi: [MachineType(architecture: architecture)?.stubName].compactMap { $0 }
        case .raspberryPi: [RaspberryPi.loader]
        }
    }

    /// Every boot file that an output may hold, machines' optional ones too: nothing else is read.
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

/// Every output format, in the order of the help.
public enum OutputFormats {
    public static let all: [OutputFormat] = [
        .tar, .docker, .kernelInitrd, .tarKernelInitrd,
        .kernelISO, .kernelSquashFS, .kernelEROFS,
        .isoBIOS, .isoEFI, .isoEFIInitrd, .iso,
        .rawBIOS, .rawEFI, .raw, .qcow2BIOS, .qcow2EFI, .qcow2,
        .aws, .gcp, .vhd, .dynamicVHD, .vmdk, .rpi3,
    ]

    /// Stands for the bytes that all formats write: the beginning of the SHA-256 of the golden digests, and changed
    /// with them. Builders who share outputs tell by it whether they would write the same.
    public static let identity = "fb0c44808a8f54ea"

    /// The formats for `architecture` that carry the root file system itself, for advice: "a, b or c".
    static func withRoot(for architecture: String) -> String {
        let names = all.filter { $0.content == .root && $0.architectures.contains(architecture) }.map(\.name)
        guard let last = names.last, names.count > 1 else { return names.joined() }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }

    /// The suffix of a file that both formats would write with different bytes; nil if they can be written
    /// in one run. Kernel and command line are the same in every format that has them.
    public static func clash(_ one: OutputFormat, _ other: OutputFormat) -> String? {
        one.suffixes.first { other.suffixes.contains($0) && !common.contains($0) }
    }

    private static let common = ["-kernel", "-cmdline"]

    public static func named(_ name: String) -> OutputFormat? { all.first { $0.name == name } }
}
