internal import UKI

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
