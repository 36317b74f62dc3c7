/// What an output consists of: the form of the root file system, what holds it, and the firmware that boots it.
public enum OutputForm: Hashable, Sendable {
    /// A tar archive of all entries in LinuxKit's order, kernel and command line among them.
    case entries(hasDockerfile: Bool)
    /// Kernel and command line as files, and a file with the root file system.
    case files(root: RootForm)
    /// A tar archive with kernel, initrd, command line and microcode.
    case archivedInitrd
    /// A tar archive with the files of an SD card, among them an initrd.
    case card(Firmware)
    /// A CD.
    case cd(CDContent, Set<Firmware>)
    /// A disk with an initrd.
    case disk(Set<Firmware>, in: DiskContainer)

    /// The file with the root file system beside a kernel.
    public enum RootForm: Sendable {
        case initrd, iso, squashfs, erofs
    }

    public enum CDContent: Sendable {
        case initrd
        /// The file system of the CD is the root file system.
        case root
    }

    var content: Content {
        switch self {
        case .entries: .entries
        case .files(root: .initrd), .archivedInitrd, .card, .cd(.initrd, _), .disk: .initrd
        case .files, .cd(.root, _): .root
        }
    }

    var firmware: Set<Firmware> {
        switch self {
        case .entries, .files, .archivedInitrd: []
        case .card(let firmware): [firmware]
        case .cd(_, let firmware), .disk(let firmware, _): firmware
        }
    }

    /// The container of a disk; nil if the output is not a disk.
    var container: DiskContainer? { if case .disk(_, let container) = self { container } else { nil } }

    /// The same for EFI firmware alone.
    var forEFI: OutputForm {
        switch self {
        case .cd(let content, _): .cd(content, [.efi])
        case .disk(_, let container): .disk([.efi], in: container)
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
