internal import Assembly
internal import Bytes
internal import Digests
internal import FileTree
internal import Host
internal import Tar

extension OutputFormat {
    /// What a boot loader or a virtual machine wants: three files.
    static let kernelInitrd = OutputFormat(
        name: "kernel+initrd", summary: "kernel, initial RAM disk and command line as three files",
        suffixes: ["-kernel", StagedInitrd.suffix, "-cmdline"], oracles: ["bsdcpio", "cpio", "gzip"]
    ) { session in
        let parts = session.image.bootParts
        let initrd = try session.stagedInitrd()
        var written: [WrittenFile] = []
        if let kernel = parts.kernel { written.append(try session.writeContents(kernel, "-kernel")) }
        session.stage(initrd.file)
        written.append(
            WrittenFile(path: session.path(StagedInitrd.suffix), size: initrd.size, digest: initrd.digest))
        if let commandLine = parts.commandLine, commandLine.count > 0 {
            written.append(try session.writeContents(commandLine, "-cmdline"))
        }
        return written
    }

    /// The same in one tar archive.
    static let tarKernelInitrd = OutputFormat(
        name: "tar-kernel-initrd", summary: "kernel, initial RAM disk and command line in one tar archive",
        suffixes: ["-initrd.tar"], oracles: ["bsdtar"]
    ) { session in
        let parts = session.image.bootParts
        let initrd = try session.stagedInitrd()
        let members: [(name: ByteString, contents: FileContents?)] = [
            ("kernel", parts.kernel),
            (
                "initrd.img",
                .blob(digest: initrd.digest, offset: 0, length: initrd.size, contentDigest: initrd.digest)
            ),
            ("cmdline", parts.commandLine), ("ucode.cpio", parts.microcode),
        ]
        let store = InitrdStore(base: session.store, initrd: initrd)
        return [
            try session.writeFile(session.path("-initrd.tar")) { sink in
                var writer = TarWriter(sink)
                for (name, contents) in members {
                    guard let contents, contents.count > 0 else { continue }
                    var header = TarHeader(name: name, typeFlag: .regular)
                    header.mode = 0o644
                    header.size = contents.count
                    header.modified = session.stamp.time
                    try writer.write(TarEntry(header: header, contents: contents), from: store)
                }
                return try writer.finish()
            }
        ]
    }
}

/// The parts of an image that a boot loader handles.
struct BootParts {
    var kernel: FileContents?
    var commandLine: FileContents?
    var microcode: FileContents?
}

extension AssembledImage {
    var bootParts: BootParts {
        BootParts(
            kernel: last("boot/kernel")?.contents, commandLine: last("boot/cmdline")?.contents,
            microcode: last("boot/ucode.cpio")?.contents)
    }
}

extension OutputSession {
    /// Writes contents as they are to the file with `suffix`.
    func writeContents(_ contents: FileContents, _ suffix: String) throws -> WrittenFile {
        try writeFile(path(suffix)) { sink in
            var sink = sink
            try store.copy(contents, to: &sink)
            return sink
        }
    }
}

/// The store with the initrd added, under its own digest.
private struct InitrdStore: BlobStore {
    let base: any BlobStore
    let digest: SHA256Digest
    let bytes: ReadableFile

    init(base: any BlobStore, initrd: StagedInitrd) {
        self.base = base
        digest = initrd.digest
        bytes = initrd.bytes
    }

    func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
        digest == self.digest ? bytes : try base.open(digest)
    }
}
