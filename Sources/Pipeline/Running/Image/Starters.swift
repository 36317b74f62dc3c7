/// What can start from a medium.
public struct Starters: Sendable, Equatable {
    /// There is boot code for the BIOS of a PC.
    public var bios: Bool
    /// The architectures that have a program at the place where UEFI firmware looks (`EFI/BOOT/BOOTX64.EFI`, …).
    public var uefi: Set<GuestArchitecture>
    /// True if there is an EFI system partition that could not be read: it may start anything.
    public var hasUnknown: Bool

    public init(bios: Bool = false, uefi: Set<GuestArchitecture> = [], hasUnknown: Bool = false) {
        self.bios = bios
        self.uefi = uefi
        self.hasUnknown = hasUnknown
    }
}

/// Why a machine would find nothing to start.
public enum BootObstacle: Sendable, Equatable {
    /// Nothing in the image starts any machine.
    case nothing
    /// The image starts under UEFI, not under a BIOS.
    case needsUEFI
    /// The image starts under a BIOS, not under UEFI.
    case needsBIOS
    /// The image is for these architectures.
    case architecture([GuestArchitecture])
}

extension Starters {
    /// Why a machine with UEFI firmware, or with a BIOS, finds nothing here; nil if it does, or may.
    public func obstacle(for architecture: GuestArchitecture, uefi isUEFI: Bool) -> BootObstacle? {
        if isUEFI {
            if hasUnknown || uefi.contains(architecture) { return nil }
            if bios, architecture == .amd64 { return .needsBIOS }
        } else {
            if bios { return nil }
            if hasUnknown || uefi.contains(.amd64) { return .needsUEFI }
        }
        let others = GuestArchitecture.allCases.filter { uefi.contains($0) || (bios && $0 == .amd64) }
        return others.isEmpty ? .nothing : .architecture(others)
    }

    /// True if a PC needs UEFI firmware to start this; a BIOS where both would do, as LinuxKit has it.
    var needsUEFI: Bool { !bios && (hasUnknown || !uefi.isEmpty) }
}

extension GuestArchitecture {
    /// The program on removable media (UEFI 2.10 §3.5.1.1), in capitals.
    var removableMediaProgram: String {
        switch self {
        case .amd64: "EFI/BOOT/BOOTX64.EFI"
        case .arm64: "EFI/BOOT/BOOTAA64.EFI"
        case .riscv64: "EFI/BOOT/BOOTRISCV64.EFI"
        }
    }

    /// The name that images and `--arch` have for it.
    public var imageName: String {
        switch self {
        case .amd64: "amd64"
        case .arm64: "arm64"
        case .riscv64: "riscv64"
        }
    }
}
