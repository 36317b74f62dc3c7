import TestSupport

/// One way to start one output.
struct Boot: Sendable, CustomStringConvertible {
    enum Firmware: String, Sendable {
        /// SeaBIOS, which a PC in QEMU has by itself.
        case bios = "BIOS"
        /// UEFI: OVMF on a PC, on Arm its sibling.
        case efi = "EFI"
        /// QEMU loads the kernel itself.
        case none = "kernel"
    }

    enum Medium: String, Sendable {
        case cd = "CD"
        /// AHCI on a PC.
        case disk
        case virtio = "virtio disk"
        case usb = "USB stick"
        /// Nothing but the kernel and its initrd.
        case none = "no medium"
    }

    var format: String
    var firmware: Firmware
    var medium: Medium
    /// The file system that the root is on, as the kernel calls it.
    var root = "rootfs"
    var architecture = BootKit.Architecture.amd64
    var kernel = BootKit.Kernel.small
    /// What the command line is to have besides, where QEMU gives it.
    var commandLine = ""
    /// True if the project's own `run` finds out how.
    var isRun = false
    /// MiB.
    var memory = 1024

    var description: String {
        "\(format): \(architecture) \(firmware.rawValue) \(medium.rawValue), \(kernel.rawValue) kernel"
            + (isRun ? ", by run" : "")
    }

    /// What the console shows when all went well: the onboot container runs once, the service goes on.
    var lines: [String] { ["ONBOOT-OK on \(root)\n", "SERVICE-OK\n"] }
}

extension Boot {
    /// Every boot. A format that is bootable and has none fails a test.
    static let all: [Boot] = [
        Boot(format: "kernel+initrd", firmware: .none, medium: .none),
        Boot(format: "kernel+initrd", firmware: .none, medium: .none, kernel: .debian, isRun: true),
        Boot(
            format: "kernel+iso", firmware: .none, medium: .cd, root: "iso9660", commandLine: "root=/dev/sr0"),
        Boot(
            format: "kernel+iso", firmware: .none, medium: .virtio, root: "iso9660",
            commandLine: "root=/dev/vda"),
        Boot(
            format: "kernel+squashfs", firmware: .none, medium: .virtio, root: "squashfs",
            commandLine: "root=/dev/vda"),
        Boot(format: "kernel+squashfs", firmware: .none, medium: .disk, root: "squashfs", isRun: true),
        Boot(
            format: "kernel+erofs", firmware: .none, medium: .virtio, root: "erofs",
            commandLine: "root=/dev/vda"),
        Boot(format: "kernel+erofs", firmware: .none, medium: .disk, root: "erofs", isRun: true),
        Boot(format: "iso-bios", firmware: .bios, medium: .cd, root: "iso9660", isRun: true),
        Boot(format: "iso-bios", firmware: .bios, medium: .cd, root: "iso9660"),
        Boot(format: "iso-bios", firmware: .bios, medium: .disk, root: "iso9660", kernel: .onDisk),
        Boot(format: "raw-bios", firmware: .bios, medium: .disk),
        Boot(format: "raw-bios", firmware: .bios, medium: .virtio),
        Boot(format: "raw-bios", firmware: .bios, medium: .usb),
        Boot(format: "qcow2-bios", firmware: .bios, medium: .disk),
        Boot(format: "qcow2-bios", firmware: .bios, medium: .virtio, kernel: .debian),
        Boot(format: "vhd", firmware: .bios, medium: .disk),
        Boot(format: "dynamic-vhd", firmware: .bios, medium: .disk),
        Boot(format: "vmdk", firmware: .bios, medium: .disk),
        Boot(format: "aws", firmware: .bios, medium: .virtio),
        Boot(format: "gcp", firmware: .bios, medium: .virtio),
        Boot(format: "iso-efi", firmware: .efi, medium: .cd, root: "iso9660"),
        Boot(format: "iso-efi-initrd", firmware: .efi, medium: .cd),
        Boot(format: "iso-efi-initrd", firmware: .efi, medium: .usb),
        // Its EFI system partition is larger than the 32 MiB that El Torito can count.
        Boot(format: "iso-efi-initrd", firmware: .efi, medium: .cd, kernel: .debian),
        Boot(format: "raw-efi", firmware: .efi, medium: .virtio),
        Boot(format: "raw-efi", firmware: .efi, medium: .usb),
        Boot(format: "qcow2-efi", firmware: .efi, medium: .virtio),
        Boot(format: "qcow2-efi", firmware: .efi, medium: .disk, isRun: true),
        Boot(format: "iso", firmware: .bios, medium: .cd),
        Boot(format: "iso", firmware: .bios, medium: .usb),
        Boot(format: "iso", firmware: .efi, medium: .cd),
        Boot(format: "iso", firmware: .efi, medium: .virtio),
        Boot(format: "raw", firmware: .bios, medium: .virtio),
        Boot(format: "raw", firmware: .efi, medium: .virtio),
        Boot(format: "qcow2", firmware: .bios, medium: .disk),
        Boot(format: "qcow2", firmware: .efi, medium: .virtio),
        Boot(
            format: "iso-efi-initrd", firmware: .efi, medium: .virtio, architecture: .arm64, kernel: .debian),
        Boot(format: "raw-efi", firmware: .efi, medium: .virtio, architecture: .arm64, kernel: .debian),
    ]

    /// One for each boot path (what starts it, from what kind of medium, to which root): disks in containers are proven
    /// equal to raw ones by qemu-img.
    static let representatives: [Boot] = {
        var paths: Set<[String]> = []
        return all.filter { boot in
            let medium = [.disk, .virtio, .usb].contains(boot.medium) ? "disk" : boot.medium.rawValue
            return paths.insert([
                boot.firmware.rawValue, medium, boot.root, boot.architecture.rawValue, boot.kernel.rawValue,
            ]).inserted
        }
    }()

    /// Boots of a system with more than 1 GiB that can't be compressed.
    static let large: [Boot] = [
        Boot(format: "iso-bios", firmware: .bios, medium: .cd, root: "iso9660"),
        Boot(format: "raw-bios", firmware: .bios, medium: .virtio, memory: 4096),
        // OVMF's driver for virtio disks takes no request of more than 1 GiB, and a kernel image is one.
        Boot(format: "raw-efi", firmware: .efi, medium: .disk, memory: 6144),
        Boot(format: "iso-efi-initrd", firmware: .efi, medium: .cd, memory: 6144),
    ]

    /// What no machine of ours starts, and why.
    static let exempt: [String: String] = [
        "tar": "a root file system, no machine's disk",
        "docker": "the context of an image build",
        "tar-kernel-initrd": "the parts of kernel+initrd in one archive",
        "rpi3": "QEMU's Raspberry Pi does not load boot files from a card as the board does",
    ]
}
