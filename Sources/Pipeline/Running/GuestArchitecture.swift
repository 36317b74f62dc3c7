/// An architecture that QEMU emulates and Identikit builds for, by QEMU's name.
public enum GuestArchitecture: String, Sendable, CaseIterable {
    case amd64 = "x86_64"
    case arm64 = "aarch64"
    case riscv64

    /// QEMU's name (`x86_64`), as LinuxKit's `--arch` of `run` wants it, or the one images use (`amd64`).
    public init?(name: String) {
        switch name {
        case "amd64": self = .amd64
        case "arm64": self = .arm64
        default: self.init(rawValue: name)
        }
    }

    /// The emulator, as it is found in `PATH`.
    public var program: String { "qemu-system-\(rawValue)" }

    /// The board: `q35` where there are PCs, elsewhere QEMU's own.
    var machine: String { self == .amd64 ? "q35" : "virt" }

    /// The processor that the guest sees: the real one, or an emulated one.
    func processor(_ accelerator: Accelerator) -> String {
        switch (accelerator, self) {
        case (.kvm, _), (.hvf, _): "host"
        // Images for x86-64-v2 and later don't start on QEMU's default.
        case (.tcg, .amd64): "max"
        // "max" has pointer authentication, which makes emulation four times slower.
        case (.tcg, .arm64): "cortex-a57"
        case (.tcg, .riscv64): "rv64"
        }
    }

    /// How a plain `-drive` is attached. A PC has an AHCI controller, and LinuxKit's
    /// users find their disks at `/dev/sda`; the `virt` boards have none.
    var driveInterface: String? { self == .amd64 ? nil : "virtio" }

    /// Where the first disk appears in the guest.
    public var firstDisk: String { self == .amd64 ? "/dev/sda" : "/dev/vda" }

    /// Where Debian and others install UEFI firmware that is one file, best first.
    public var firmwareCandidates: [String] {
        switch self {
        case .amd64:
            [
                "/usr/share/ovmf/OVMF.fd", "/usr/share/ovmf/bios.bin", "/usr/share/OVMF/OVMF_CODE.fd",
                "/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/edk2/ovmf/OVMF_CODE.fd",
                "/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/opt/homebrew/share/qemu/edk2-x86_64-code.fd",
            ]
        case .arm64:
            [
                "/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd",
                "/opt/homebrew/share/qemu/edk2-aarch64-code.fd",
            ]
        case .riscv64: ["/usr/share/qemu-efi-riscv64/RISCV_VIRT_CODE.fd"]
        }
    }
}
