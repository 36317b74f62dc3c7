public import Bytes

/// Why a unified kernel image could not be built or read. Offsets count from the start of `of`: "the stub",
/// "the kernel" or "the image".
public enum UKIError: Error, Equatable, Sendable {
    /// The bytes could not be read.
    case stream(StreamError)
    /// `of` is not a PE32+ image; `found` describes what it looks like.
    case notPortableExecutable(of: String, found: String)
    /// `of` ends inside `structure`, which starts at `offset`.
    case truncated(of: String, structure: String, offset: UInt64)
    /// The field `field` of `of`, at `offset`, is inconsistent.
    case invalidField(of: String, field: String, offset: UInt64, reason: String)
    /// The stub is an EFI program of another kind.
    case notAStub(found: String)
    /// The stub cannot start the kernel.
    case unbootableKernel(found: String, remedy: String)
    /// `of` is for another machine than the requested one.
    case wrongMachine(of: String, found: MachineType, expected: MachineType)
    /// The section was specified twice.
    case duplicateSection(UKISection)
    /// The stub's header has room for `room` more sections.
    case noRoomForSections(needed: Int, room: Int)
    /// The section would end, in the file or in memory, at `end` (bytes), beyond PE's 32 bits.
    case tooLarge(section: UKISection, end: UInt64)
    /// The stub (systemd `version`) does not know the section and would start the kernel without it.
    case stubTooOld(section: UKISection, version: Int?, needed: Int)
    /// The command line has `length` bytes; the kernel's limit is `limit`.
    case commandLineTooLong(length: UInt64, limit: UInt64)
}

extension UKIError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .notPortableExecutable(let of, let found):
            "\(of) is \(found), not a 64-bit EFI program (PE32+)"
        case .truncated(let of, let structure, let offset):
            "\(of) is truncated inside its \(structure), which starts at byte \(offset)"
        case .invalidField(let of, let field, let offset, let reason):
            "\(of): \(field) at byte \(offset) \(reason)"
        case .notAStub(let found):
            "unsupported EFI stub: it is \(found); use systemd's stub, linuxx64.efi.stub, linuxaa64.efi.stub or linuxriscv64.efi.stub"
        case .unbootableKernel(let found, let remedy):
            "the EFI stub can't start this kernel: it is \(found); \(remedy)"
        case .wrongMachine(let of, let found, let expected): "\(of) is for \(found), not for \(expected)"
        case .duplicateSection(let section): "the section \(section) is specified twice"
        case .noRoomForSections(let needed, let room):
            "the EFI stub's header has room for \(room) more sections, but \(needed) are needed; use the stub of another systemd version"
        case .tooLarge(let section, let end):
            "the section \(section) would end at byte \(end); an EFI program ends below 4 GiB, use an output with a root file system"
        case .stubTooOld(let section, let version, let needed):
            "the EFI stub of systemd \(version.map(String.init) ?? "of an unknown version") ignores the section \(section); use one of systemd \(needed) or later"
        case .commandLineTooLong(let length, let limit):
            "the command line is too long: \(length) bytes, but the kernel's limit is \(limit)"
        }
    }
}
