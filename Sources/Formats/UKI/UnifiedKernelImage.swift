internal import Bytes
public import FileTree

/// A unified kernel image: systemd's EFI stub with a kernel, an initrd and a command line in sections of their
/// own, one EFI program that firmware starts by itself (UAPI group, "Unified Kernel Image").
///
/// It is laid out without reading what goes into the sections. Added sections start at multiples of 4096 bytes
/// in the file and in memory, so that other formats can share their sectors. The file has no gaps: the last
/// section of the stub, and each added one, reaches to where the next one starts, as signatures want it.
public struct UnifiedKernelImage: Sendable {
    /// What goes into one section.
    public struct Part: Sendable {
        public let section: UKISection
        public let contents: ExtentMap

        public init(_ section: UKISection, _ contents: ExtentMap) {
            self.section = section
            self.contents = contents
        }

        public init(_ section: UKISection, _ bytes: [UInt8]) {
            var contents = ExtentMap()
            contents.append(bytes)
            self.init(section, contents)
        }
    }

    /// Bytes at whose multiples added sections start.
    public static let alignment: UInt64 = 4096

    /// The whole image.
    public private(set) var extents: ExtentMap
    private var headers: [UKISection: SectionHeader] = [:]

    /// Lays out an image for `machine`.
    ///
    /// `parts` are in any order; empty ones are left out. `kernel` is what the headers of the `.linux` part say.
    /// A `.uname` section is added when it is not among the parts and the kernel tells its release.
    public init(
        stub bytes: [UInt8], machine: MachineType, kernel: KernelImage, parts: [Part]
    ) throws(UKIError) {
        let stub = try EFIStub(bytes, machine: machine)
        guard kernel.machine == machine else {
            throw .wrongMachine(of: "the kernel", found: kernel.machine, expected: machine)
        }
        let parts = try Self.ordered(parts, kernel)
        try Self.check(parts, stub, kernel)
        let room = stub.roomForSections
        guard parts.count <= room else { throw .noRoomForSections(needed: parts.count, room: room) }

        var layout = SectionLayout(after: stub)
        var body = ExtentMap()
        for part in parts {
            let size = part.section == .linux ? UInt64(kernel.sizeOfImage) : 0
            headers[part.section] = try layout.place(part.section, part.contents.count, memory: size)
            body.append(part.contents)
            body.align(to: Self.alignment)
        }
        extents = ExtentMap()
        extents.append(layout.patchedStub())
        extents.align(to: Self.alignment)
        extents.append(body)
    }

    /// Where the contents of `section` start, in bytes from the start of the image; nil if it was left out.
    public func offset(of section: UKISection) -> UInt64? {
        headers[section].map { UInt64($0.pointerToRawData) }
    }

    /// Without the empty ones, with `.uname`, in the order of the file.
    private static func ordered(_ parts: [Part], _ kernel: KernelImage) throws(UKIError) -> [Part] {
        var result: [Part] = []
        for section in UKISection.allCases {
            let given = parts.filter { $0.section == section }
            guard given.count <= 1 else { throw .duplicateSection(section) }
            if let part = given.first {
                if part.contents.count > 0 { result.append(part) }
            } else if section == .uname, let release = kernel.release {
                result.append(Part(.uname, Array(release.utf8)))
            }
        }
        guard result.last?.section == .linux else {
            throw .unbootableKernel(found: "empty", remedy: "give a section .linux")
        }
        return result
    }

    private static func check(
        _ parts: [Part], _ stub: EFIStub, _ kernel: KernelImage
    ) throws(UKIError) {
        for part in parts {
            if let needed = part.section.systemdVersion, (stub.version ?? 0) < needed {
                throw .stubTooOld(section: part.section, version: stub.version, needed: needed)
            }
            if part.section == .commandLine, let limit = kernel.commandLineLimit,
                part.contents.count > limit
            {
                throw .commandLineTooLong(length: part.contents.count, limit: limit)
            }
        }
    }
}
