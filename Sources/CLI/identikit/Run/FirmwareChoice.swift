import Host
import Running

/// The choice between BIOS and UEFI: the one requested, else the one that the image needs.
struct FirmwareChoice {
    private let source: BootSource
    private let architecture: GuestArchitecture
    /// The value of `--uefi` or `--uefi=false`; nil without either.
    private let asked: Bool?
    private let loadsKernel: Bool

    init(source: BootSource, architecture: GuestArchitecture, asked: Bool?) {
        self.source = source
        self.architecture = architecture
        self.asked = asked
        loadsKernel = source.commandLinePath != nil
    }

    /// Returns nil for the machine's own firmware, which is a BIOS on a PC. `path` is the value of `--fw`.
    func firmware(path: String?) throws -> UEFIFirmware? {
        let isUEFI = asked ?? (path != nil || (!loadsKernel && (source.wantsUEFI || architecture != .amd64)))
        guard isUEFI else {
            guard loadsKernel || architecture == .amd64 else {
                throw Failure(
                    "--uefi=false: \(architecture.imageName) machines have no BIOS and boot disks and CDs with UEFI "
                        + "only; leave the option out", .usage)
            }
            return nil
        }
        for path in path.map({ [$0] }) ?? architecture.firmwareCandidates {
            guard let status = try FileStatus.following(path), status.kind == .regular else { continue }
            return UEFIFirmware(path: path, size: status.size, architecture: architecture)
        }
        if let path { throw Failure("--fw \(path): no such file", .missingInput) }
        throw Failure(
            "no UEFI firmware for \(architecture.imageName) found; install it (Debian and Ubuntu: "
                + "\(architecture.firmwarePackage)) or name its file with --fw", .unavailable)
    }

    /// The reason why the machine would find nothing to boot, with advice; nil if it would.
    func warnings(path: String, isUEFI: Bool) -> [String] {
        guard let obstacle = source.starters?.obstacle(for: architecture, uefi: isUEFI) else { return [] }
        let text =
            switch obstacle {
            case .nothing:
                "\(path) is not bootable: no BIOS boot code and no UEFI program found; build a format that boots "
                    + "by itself, for instance iso-bios, qcow2-bios or qcow2-efi"
            case .needsUEFI:
                "\(path) starts under UEFI, and this machine has a BIOS; leave out --uefi=false"
            case .needsBIOS:
                "\(path) starts under a BIOS, and this machine has UEFI firmware; leave out --uefi and --fw"
            case .architecture(let others):
                "\(path) starts \(others.map(\.imageName).joined(separator: " and ")) machines, and this one is "
                    + "\(architecture.imageName); use --arch \(others.first?.imageName ?? "")"
            }
        return [text]
    }
}

extension GuestArchitecture {
    /// The Debian package with UEFI firmware.
    fileprivate var firmwarePackage: String {
        switch self {
        case .amd64: "ovmf"
        case .arm64: "qemu-efi-aarch64"
        case .riscv64: "qemu-efi-riscv64"
        }
    }

    /// The Debian package with the emulator.
    fileprivate var emulatorPackage: String {
        switch self {
        case .amd64: "qemu-system-x86"
        case .arm64: "qemu-system-arm"
        case .riscv64: "qemu-system-misc"
        }
    }
}

/// Errors for QEMU programs that are not installed, with the packages to install.
enum MissingProgram {
    static func emulator(_ program: String, for architecture: GuestArchitecture) -> Failure {
        Failure(
            "\(program) is not installed or not in PATH; install it (Debian and Ubuntu: "
                + "\(architecture.emulatorPackage)) or name it with --qemu", .unavailable)
    }

    static var image: Failure {
        Failure(
            "qemu-img is not installed, and --disk creates disks with it; install it (Debian and Ubuntu: qemu-utils)",
            .unavailable)
    }
}
