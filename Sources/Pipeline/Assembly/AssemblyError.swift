public import Bytes

/// Why an image could not be assembled from its parts.
public enum AssemblyError: Error, Sendable {
    /// A kernel image does not have the member at `path`; `candidates` are its top-level regular files.
    case kernelMemberMissing(image: String, path: ByteString, candidates: [ByteString])
    /// The member at `path` of a kernel image is a directory, a link or a device.
    case kernelMemberNotRegular(image: String, path: ByteString)
    /// A symbolic link on the path to the member at `path` of a kernel image is broken.
    case kernelLinkBroken(image: String, path: ByteString, problem: ImageLinks.Problem)
    /// The archive at `path` of a kernel image has more than `limit` members.
    case tooManyKernelFiles(image: String, path: ByteString, limit: UInt64)
    /// The file named by `source` of `files[index]` cannot be read.
    case unreadableSource(index: Int, path: String, source: String, reason: SourceProblem)
    /// `uid` or `gid` of `files[index]` names a container that does not exist.
    case unknownUser(place: String, name: String, known: [String])
    /// A platform of a volume is invalid: it does not have the form os/architecture.
    case invalidPlatform(volume: String, text: String)
    /// A bill of materials is needed for an image that is only in an earlier output.
    case noStatements(image: String)
    /// The earlier output was built for another architecture.
    case otherArchitecture(input: String, found: String, wanted: String)
    /// `files[index]` is below another regular file of the kit.
    case fileBelowFile(index: Int, path: String, above: ByteString)
    /// The archive of modules in a kernel image cannot be read, or contains a path outside the root.
    case invalidKernelArchive(image: String, path: ByteString, reason: String)
    /// The kernel is not compressed.
    case kernelNotCompressed(image: String)
    /// The kernel's payload could not be decompressed.
    case kernelNotDecompressed(image: String, reason: StreamError)
}

extension AssemblyError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .kernelMemberMissing(let image, let path, let candidates):
            let has =
                candidates.isEmpty
                ? "it has no files at the top level"
                : "it has \(candidates.map(\.text).joined(separator: ", "))"
            return "kernel image \(image) has no file \(path): \(has); name the right one with "
                + "kernel.binary, kernel.tar or kernel.ucode (kernel.tar: none if there are no modules)"
        case .kernelMemberNotRegular(let image, let path):
            return "\(path) in kernel image \(image) is not a regular file"
        case .kernelLinkBroken(let image, let path, let problem):
            return
                "\(path) in kernel image \(image): \(problem); correct the image, or name another file with "
                + "kernel.binary, kernel.tar or kernel.ucode"
        case .tooManyKernelFiles(let image, let path, let limit):
            return
                "\(path) in kernel image \(image) has more than \(limit) members; larger kernel archives are not supported"
        case .unreadableSource(let index, let path, let source, let reason):
            return "files[\(index)] (\(path)): \(reason.message(source: source))"
        case .unknownUser(let place, let name, let known):
            return "\(place): no container is named \(name); valid names: \(known.joined(separator: ", "))"
        case .invalidPlatform(let volume, let text):
            return "volume \(volume): invalid platform \(text); use os/architecture, such as linux/arm64"
        case .noStatements(let image):
            return
                "the bill of materials of \(image) is unavailable: the image is not in the cache, only in the earlier "
                + "output; pull the image, or build with --no-sbom"
        case .otherArchitecture(let input, let found, let wanted):
            return "cannot reuse \(input): it was built for \(found), not for \(wanted)"
        case .fileBelowFile(let index, let path, let above):
            return "files[\(index)] (\(path)) is below \(above), which is a file, not a directory"
        case .invalidKernelArchive(let image, let path, let reason):
            return "\(path) in kernel image \(image) cannot be used: \(reason)"
        case .kernelNotCompressed(let image):
            return "the kernel of \(image) is not compressed; build without --decompress-kernel"
        case .kernelNotDecompressed(let image, let reason):
            return
                "the kernel of \(image) could not be decompressed: \(reason); build without --decompress-kernel"
        }
    }
}
