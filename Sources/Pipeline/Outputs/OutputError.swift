public import Assembly
internal import Bytes

/// The reason why an output could not be written.
public enum OutputError: Error, Sendable {
    /// With `--strict`, the format cannot represent everything.
    case losses(format: String, [Loss])
    /// With `--strict`, files of several sources could not be merged.
    case conflicts([TreeConflict])
    /// The kit has no kernel, and the format needs one.
    case noKernel(format: String)
    /// The requested disk size is too small for the contents. Sizes in bytes.
    case diskTooSmall(format: String, needed: UInt64, asked: UInt64)
    /// The importer of such disks requires at least `smallest` bytes.
    case diskBelowRange(format: String, authority: String, smallest: UInt64, asked: UInt64)
    /// The format is limited to disks of `largest` bytes.
    case diskAboveRange(format: String, largest: UInt64, asked: UInt64)
    /// Linux stops unpacking an initrd at the file at `path`, of `size` bytes. `alternatives` are formats without one.
    case fileTooLargeForInitrd(format: String, path: String, size: UInt64, alternatives: String)
    /// The kernel's command line is longer than kernels accept.
    case longCommandLine(bytes: UInt64)
    /// The kernel's command line has a line break or a NUL.
    case brokenCommandLine
    /// Boot files are unavailable, because of `reason`.
    case noBootFiles(name: String, reason: String)
    /// The boot file's default image is missing.
    case missingBootImage(name: String, MissingBootImage)
    /// No boot file of that name was found in the given source.
    case noBootFile(name: String, origin: String)
    /// Only a broken symbolic link has that name.
    case brokenBootLink(name: String, origin: String, problem: String)
    /// The boot file exists but is invalid.
    case unusableBootFile(name: String, origin: String, reason: String)
    /// The boot loader's directory cannot be created because of symbolic links.
    case linkedBootDirectory(format: String, paths: [String])
    /// Several files with different contents have that name.
    case ambiguousBootFile(name: String, origin: String, paths: [String])
    /// A boot loader of the PC can't start this kernel.
    case kernelNotForBIOS(format: String)
    /// U-Boot can't start this kernel.
    case kernelNotForUBoot(format: String)
    /// U-Boot does not accept a kernel of more than `limit` bytes unpacked.
    case kernelTooLarge(format: String, limit: UInt64)
    /// The initrd is larger than the maximum of `limit` bytes, because of `reason`.
    case initrdTooLarge(format: String, limit: UInt64, reason: String, alternatives: String)
    /// U-Boot's shell cannot pass on the command line, which contains a quote.
    case quoteInCommandLine
}

extension OutputError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .losses(let format, let losses):
            "\(format) cannot represent everything, and --strict was given: \(Self.summary(losses)); "
                + "remove it from the image, use a format that can represent it (tar can), or build without --strict"
        case .conflicts(let conflicts):
            "files cannot be merged, and --strict was given: "
                + conflicts.prefix(OutputSession.shownConflicts).map(\.description).joined(separator: "; ")
        case .noKernel(let format):
            "\(format) needs a kernel, and the configuration has none; add a kernel section or use --format tar"
        case .diskTooSmall(let format, let needed, let asked):
            "\(format) needs a disk of at least \(needed.mebibytes) MiB, but --size is \(asked.mebibytes) MiB; "
                + "use a larger --size, or omit it to get a disk as large as needed"
        case .diskBelowRange(let format, let authority, let smallest, let asked):
            "\(format): --size is \(asked.mebibytes) MiB, but \(authority) requires at least "
                + "\(smallest.mebibytes) MiB; use --size \(smallest.mebibytes)M or more, or omit it"
        case .diskAboveRange(let format, let largest, let asked):
            "\(format): --size is \(asked >> 30) GiB, but the format is limited to \(largest >> 30) GiB; "
                + "use a smaller --size, or raw-bios or qcow2-bios"
        case .fileTooLargeForInitrd(let format, let path, let size, let alternatives):
            "\(format): /\(path) is \(size.mebibytes) MiB, but Linux stops unpacking an initrd at a file of 2 GiB "
                + "or more; use a format that carries the root file system itself: \(alternatives)"
        case .longCommandLine(let bytes):
            "the kernel's command line has \(bytes) bytes, but kernels accept \(KernelCommandLine.limit); shorten "
                + "kernel.cmdline"
        case .brokenCommandLine:
            "the kernel's command line contains a line break or a NUL, which no boot loader can pass on; "
                + "remove it from kernel.cmdline"
        case .noBootFiles(let name, let reason): "\(name) is needed to start the image: \(reason)"
        case .missingBootImage(let name, let image):
            "\(name) is needed to start the image, and its default image \(image.reference) is missing"
        case .noBootFile(let name, let origin):
            "\(name) not found in \(origin), but it is needed to start the image; "
                + "packages/boot-bios, packages/boot-efi and packages/boot-rpi3 show what such images contain"
        case .brokenBootLink(let name, let origin, let problem):
            "\(name) of \(origin) cannot be used: \(problem); correct the link"
        case .unusableBootFile(let name, let origin, let reason):
            "\(name) of \(origin) cannot start an image: \(reason); packages/boot-bios shows where Debian has it"
        case .linkedBootDirectory(let format, let paths):
            "\(format): isolinux does not follow symbolic links, but there are some on the way to "
                + paths.map { "/\($0)" }.joined(separator: " and to ") + "; make one of them a directory"
        case .ambiguousBootFile(let name, let origin, let paths):
            "\(origin) has different files named \(name): \(paths.joined(separator: ", ")); keep only one"
        case .kernelNotForBIOS(let format):
            "\(format): the kernel is not a bzImage, the only kind that a BIOS boot loader starts; "
                + "omit --decompress-kernel, or use another kernel image"
        case .kernelNotForUBoot(let format):
            "\(format): the kernel is neither an arm64 Image nor a gzip-compressed one, and U-Boot starts no other; "
                + "use another kernel image"
        case .kernelTooLarge(let format, let limit):
            "\(format): the kernel is larger than the \(limit.mebibytes) MiB unpacked that U-Boot accepts; use a smaller one"
        case .initrdTooLarge(let format, let limit, let reason, let alternatives):
            "\(format): the initrd is larger than \(limit >> 20) MiB: \(reason); remove something from it"
                + (alternatives.isEmpty
                    ? "" : ", or use a format that carries the root file system itself: \(alternatives)")
        case .quoteInCommandLine:
            "the kernel's command line contains ', which U-Boot's shell cannot pass on; use \" in kernel.cmdline"
        }
    }
}

extension OutputError {
    /// A one-line summary of the first kinds of losses.
    private static func summary(_ losses: [Loss]) -> String {
        let groups = LossGroup.groups(losses)
        let shown = groups.prefix(2).map { $0.line(.refused) }.joined(separator: "; ")
        return groups.count > 2 ? "\(shown); and \(groups.count - 2) more kinds" : shown
    }
}
