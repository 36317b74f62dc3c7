/// What an output consists of: the form of the root file system, what holds it, and the firmware that boots it.
public enum OutputForm: Hashable, Sendable {
    /// A tar archive of all entries in LinuxKit's order, kernel and command line among them.
    case entries(hasDockerfile: Bool)
    /// Kernel and command line as files, and a file with the root file system.
    case files(root: RootForm)
    /// A tar archive with kernel, initrd, command line and microcode.
    case archivedInitrd
    /// A tar archive with the files of a Raspberry Pi's SD card, among them an initrd.
    case raspberryPiCard
    /// A CD with an initrd.
    case cd(BootFirmware)
    /// CDs whose file system is the root file system.
    case biosRootCD, efiRootCD
    /// A disk with an initrd.
    case disk(BootFirmware, in: DiskContainer)

    /// The file with the root file system beside a kernel.
    public enum RootForm: Sendable {
        case initrd, iso, squashfs, erofs
    }

    /// What starts a medium that machines boot from.
    public enum BootFirmware: Sendable {
        case bios, efi, both

        var firmware: Set<Firmware> {
            switch self {
            case .bios: [.bios]
            case .efi: [.efi]
            case .both: [.bios, .efi]
            }
        }
    }

    var content: Content {
        switch self {
        case .entries: .entries
        case .files(root: .initrd), .archivedInitrd, .raspberryPiCard, .cd, .disk: .initrd
        case .files, .biosRootCD, .efiRootCD: .root
        }
    }

    var firmware: Set<Firmware> {
        switch self {
        case .entries, .files, .archivedInitrd: []
        case .raspberryPiCard: [.raspberryPi]
        case .cd(let boot), .disk(let boot, _): boot.firmware
        case .biosRootCD: [.bios]
        case .efiRootCD: [.efi]
        }
    }

    /// The container of a disk; nil if the output is not a disk.
    var container: DiskContainer? { if case .disk(_, let container) = self { container } else { nil } }

    /// The same for EFI firmware alone.
    var forEFI: OutputForm {
        switch self {
        case .cd: .cd(.efi)
        case .biosRootCD: .efiRootCD
        case .disk(_, let container): .disk(.efi, in: container)
        default: self
        }
    }
}

/// The file that holds a disk.
public enum DiskContainer: Sendable {
    /// The sectors of the disk.
    case raw
    case qcow2
    /// A VHD with every sector of the disk.
    case fixedVHD
    /// A VHD that grows.
    case dynamicVHD
    /// A VMDK of compressed grains.
    case vmdk
    /// A compressed tar archive with the disk, as Google Compute Engine imports it.
    case googleArchive

    /// The unit to which the size of the disk is rounded.
    var unit: DiskUnit { self == .googleArchive ? .gibibyte : .mebibyte }

    /// The allowed sizes of the disk.
    var range: DiskRange {
        switch self {
        case .fixedVHD, .dynamicVHD: .azure
        case .raw, .qcow2, .vmdk, .googleArchive: .any
        }
    }
}
