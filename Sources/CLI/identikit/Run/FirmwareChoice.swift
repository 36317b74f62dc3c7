import Host
import Running

/// BIOS or UEFI: what was asked for, else what the image needs.
struct FirmwareChoice {
    private let source: BootSource
    private let architecture: GuestArchitecture
    /// `--uefi` or `--uefi=false`; nil without either.
    private let asked: Bool?
    private let loadsKernel: Bool

    init(source: BootSource, architecture: GuestArchitecture, asked: Bool?) {
        self.source = source
        self.architecture = architecture
        self.asked = asked
        loadsKernel = source.commandLinePath != nil
    }

    /// Nil for the machine's own, which is a BIOS on a PC. `path` is `--fw`.
    func firmware(path: String?) throws -> UEFIFirmware? {
        let isUEFI = asked ?? (path != nil || (!loadsKernel && (source.wantsUEFI || architecture != .amd64)))
        guard isUEFI else {
            guard loadsKernel || architecture == .amd64 else {
                throw Failure(
                    "--uefi=false: \(architecture.imageName) machines have no BIOS, and start a disk or a CD by UEFI "
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

    /// Why the machine will find nothing to start, with what to do.
    func warnings(path: String, isUEFI: Bool) -> [String] {
        guard let obstacle = source.starters?.obstacle(for: architecture, uefi: isUEFI) else { return [] }
        let text =
            switch obstacle {
            case .nothing:
                "nothing in \(path) starts a machine: there is no boot code for a BIOS and no program for UEFI; build "
                    + "a format that starts by itself, for instance iso-bios, qcow2-bios or qcow2-efi"
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
    /// Debian's package with UEFI firmware.
    fileprivate var firmwarePackage: String {
        switch self {
        case .amd64: "ovmf"
        case .arm64: "qemu-efi-aarch64"
        case .riscv64: "qemu-efi-riscv64"
        }
    }

    /// Debian's package with the emulator.
    fileprivate var emulatorPackage: String {
        switch self {
        case .amd64: "qemu-system-x86"
        case .arm64: "qemu-system-arm"
        case .riscv64: "qemu-system-misc"
        }
    }
}

/// Programs of QEMU that are not installed, and what to install.
enum MissingProgram {
    static func emulator(_ program: String, for architecture: GuestArchitecture) -> Failure {
        Failure(
            "\(program) is not installed or not in PATH; install it (Debian and Ubuntu: "
                + "\(architecture.emulatorPackage)) or name it with --qemu", .unavailable)
    }

    static var image: Failure {
        Failure(
            "qemu-img is not installed, and --disk makes disks with it; install it (Debian and Ubuntu: qemu-utils)",
            .unavailable)
    }
}
