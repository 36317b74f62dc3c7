public import Bytes

/// The sections that are added to the stub, in the order in which they lie in the file: systemd's own, with
/// the kernel at the end, since one that unpacks itself in place writes over what comes after it
/// (UAPI group, "Unified Kernel Image"; systemd-stub(7)).
public enum UKISection: String, CaseIterable, Sendable {
    /// `os-release(5)` of the system.
    case osRelease = ".osrel"
    /// The kernel's command line, UTF-8, without a zero at its end.
    case commandLine = ".cmdline"
    /// A device tree blob.
    case deviceTree = ".dtb"
    /// What `uname -r` says when the kernel runs.
    case uname = ".uname"
    /// A picture (BMP) to show at the start.
    case splash = ".splash"
    /// A cpio archive with microcode. Only stubs of systemd 256 and later know it: in front of the initrd it
    /// works with all.
    case microcode = ".ucode"
    /// cpio archives, one after the other.
    case initrd = ".initrd"
    /// The kernel.
    case linux = ".linux"

    public var name: ByteString { ByteString(rawValue) }

    /// Old kernels are run where the section lies in memory, so theirs may be executed.
    var characteristics: SectionHeader.Characteristics {
        self == .linux ? [.code, .execute, .read] : [.initializedData, .read]
    }

    /// The first systemd whose stub uses the section, for those that came late.
    var systemdVersion: Int? { self == .microcode ? 256 : nil }
}

extension UKISection: CustomStringConvertible {
    public var description: String { rawValue }
}
