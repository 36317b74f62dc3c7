/// The PE format's `Machine` (PE format, "Machine Types"): the processors that a kernel image can be for.
public struct MachineType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// `IMAGE_FILE_MACHINE_AMD64`.
    public static let amd64 = MachineType(rawValue: 0x8664)
    /// `IMAGE_FILE_MACHINE_ARM64`.
    public static let arm64 = MachineType(rawValue: 0xaa64)
    /// `IMAGE_FILE_MACHINE_RISCV64`.
    public static let riscv64 = MachineType(rawValue: 0x5064)
    /// `IMAGE_FILE_MACHINE_I386`.
    static let i386 = MachineType(rawValue: 0x014c)

    /// The machine whose name is `architecture`, as OCI images and `--arch` have it.
    public init?(architecture: String) {
        switch architecture {
        case "amd64": self = .amd64
        case "arm64": self = .arm64
        case "riscv64": self = .riscv64
        default: return nil
        }
    }

    /// What firmware looks for below `EFI/BOOT` on a medium (UEFI, "Boot Option Recovery").
    public var removableMediaName: String? {
        switch self {
        case .amd64: "BOOTX64.EFI"
        case .arm64: "BOOTAA64.EFI"
        case .riscv64: "BOOTRISCV64.EFI"
        default: nil
        }
    }

    /// The file name of systemd's stub.
    public var stubName: String? {
        switch self {
        case .amd64: "linuxx64.efi.stub"
        case .arm64: "linuxaa64.efi.stub"
        case .riscv64: "linuxriscv64.efi.stub"
        default: nil
        }
    }
}

extension MachineType: CustomStringConvertible {
    public var description: String {
        switch self {
        case .amd64: "amd64"
        case .arm64: "arm64"
        case .riscv64: "riscv64"
        case .i386: "i386"
        default: "the machine type 0x\(String(rawValue, radix: 16))"
        }
    }
}
