public import Bytes
internal import Digests
public import FileTree
internal import Foundation
internal import Host
internal import Tar

/// A file system image as Linux finds it: mounted in QEMU by the small kernel beside the project, read by GNU tar.
///
/// Compare it with a tree by `TreeComparison`. Sockets are not found: a tar has none.
public struct MountedImage: FileSystemReader {
    public enum Failure: Error {
        /// The machine did not do what was asked; what its console showed.
        case machine(console: String)
        case tree(any Error)
    }

    /// What the machine's console showed of `commands`.
    public let console: String
    private let directory: TemporaryDirectory
    private let tree: FileTree
    private let store: ArchiveStore

    /// True if the kernel, QEMU and what runs inside are there.
    public static var isPossible: Bool {
        FileManager.default.fileExists(atPath: kernel)
            && Tool.available("qemu-system-x86_64", "busybox", "tar", "cpio", "ldd")
    }

    public static let kernel =
        "\((Conformance.root as NSString).deletingLastPathComponent)/shared/kernel/bzImage"

    /// Mounts the image in the file `image`. `commands` of busybox's shell, `$B`, then run in `/mnt`; what they print is
    /// `console`. What is at or below the paths `leavingOut` is not found.
    public init(_ image: String, type: String, commands: String = "", leavingOut: [String] = []) throws {
        directory = try TemporaryDirectory()
        let initrd = try Self.initrd(type, commands, leavingOut, in: directory)
        let archive = "\(directory.path)/archive"
        try directory.write("archive", "")
        guard truncate(archive, 8 << 30) == 0 else { throw CocoaError(.fileWriteUnknown) }
        // On a busy host the machine can be too slow for the check of its timer, which ends in a panic.
        let result = try Command(
            "qemu-system-x86_64",
            [
                "-machine", "q35,accel=tcg", "-m", "768", "-nographic", "-no-reboot", "-net", "none",
                "-kernel", Self.kernel, "-initrd", initrd, "-append",
                "console=ttyS0 panic=-1 quiet no_timer_check loglevel=4 rdinit=/init",
                "-drive", "file=\(image),format=raw,if=virtio,readonly=on", "-drive",
                "file=\(archive),format=raw,if=virtio",
            ], timeLimit: 600
        ).run()
        let text = result.outputText.replacingOccurrences(of: "\r", with: "")
        guard text.contains("\nTAR 0\n"), let start = text.range(of: "\nMOUNTED\n"),
            let end = text.range(of: "\nTAR 0\n")
        else { throw Failure.machine(console: text) }
        console = String(text[start.upperBound..<end.lowerBound])
        store = ArchiveStore(bytes: try ReadableFile(path: archive))
        tree = try Self.tree(of: store.bytes)
    }

    public func walk(_ body: (FoundFile, FileContents) throws(Failure) -> Void) throws(Failure) {
        for entry in tree {
            let found = FoundFile(
                path: entry.path, kind: entry.node.kind, metadata: entry.node.metadata,
                size: entry.node.contents.count, fileNumber: UInt64(entry.nodeIndex))
            try body(found, entry.node.contents)
        }
    }

    public func contents(of file: FileContents) throws(Failure) -> any ByteSource {
        do throws(StreamError) { return try store.source(file) } catch { throw .tree(error) }
    }
}

extension MountedImage {
    /// busybox, tar with its libraries and a first process, as an initrd.
    private static func initrd(
        _ type: String, _ commands: String, _ leavingOut: [String], in directory: TemporaryDirectory
    ) throws
        -> String
    {
        let excluded = leavingOut.map { "--exclude=./\($0)" }.joined(separator: " ")
        let script = """
            #!/busybox sh
            B=/busybox
            export LC_ALL=C
            $B mount -t devtmpfs none /dev
            $B stty -F /dev/ttyS0 -onlcr
            echo; $B mount -t \(type) -o ro /dev/vda /mnt && echo MOUNTED
            cd /mnt
            \(commands)
            \(tar) --format=pax --numeric-owner --xattrs --xattrs-include='*' \(excluded) -cf /dev/vdb . >&2
            echo; echo "TAR $?"
            $B sync
            $B dmesg -l err,warn | $B tail -n 20
            $B poweroff -f

            """
        try directory.write("root/init", script)
        try directory.write("root/dev/.keep", "")
        try directory.write("root/mnt/.keep", "")
        try copy(try path("busybox"), to: "busybox", in: directory)
        try copy(try path("tar"), to: String(tar.dropFirst()), in: directory)
        for library in try Command("ldd", [try path("tar")]).runSuccessfully().outputText
            .split(whereSeparator: \.isWhitespace) where library.hasPrefix("/")
        {
            try copy(String(library), to: String(library.dropFirst()), in: directory)
        }
        try Tool.run("chmod", ["-R", "755", "\(directory.path)/root"])
        let names = try Command("find", ["."], workingDirectory: "\(directory.path)/root").runSuccessfully()
            .output
        let cpio = try Command(
            "cpio", ["-o", "-H", "newc", "--quiet", "--owner=0:0"],
            workingDirectory: "\(directory.path)/root",
            input: names
        ).runSuccessfully().output
        return try directory.write("initrd", cpio)
    }

    private static let tar = "/gnu-tar"

    private static func path(_ program: String) throws -> String {
        guard let path = Command.find(program) else { throw CommandError.notFound(program: program) }
        return path
    }

    private static func copy(_ file: String, to name: String, in directory: TemporaryDirectory) throws {
        try directory.write("root/\(name)", "")
        try Tool.run("cp", ["-L", file, "\(directory.path)/root/\(name)"])
    }

    private static func tree(of archive: any RandomAccessBytes) throws -> FileTree {
        var reader = TarReader(RangeSource(archive))
        var builder = FileTree.Builder(stamp: Timestamp(seconds: 0))
        while let member = try reader.next() {
            var header = member.header
            for path in [\TarHeader.name, \TarHeader.linkName] where header[keyPath: path].hasPrefix("./") {
                // A symbolic link's target stays as it is.
                if path == \.linkName, header.typeFlag != .hardLink { continue }
                header[keyPath: path].bytes.removeFirst(2)
            }
            let contents = FileContents.blob(
                digest: ArchiveStore.digest, offset: member.dataOffset, length: member.dataLength,
                contentDigest: ArchiveStore.digest)
            try builder.add(TarEntry(header: header, contents: contents))
        }
        return builder.freeze()
    }
}

private struct ArchiveStore: BlobStore {
    static let digest = SHA256Digest(hashing: "the archive")
    let bytes: ReadableFile

    func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes { bytes }
}
