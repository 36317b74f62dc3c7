internal import Assembly
internal import Bytes
internal import Digests
internal import FileTree
internal import Host
internal import Tar

extension OutputFormat {
    /// Three files for a boot loader or a virtual machine.
    static let kernelInitrd = OutputFormat(
        name: "kernel+initrd", summary: "kernel, initial RAM disk and command line as three files",
        suffixes: ["-kernel", StagedInitrd.suffix, "-cmdline"], content: .initrd,
        oracles: ["bsdcpio", "cpio", "gzip"]
    ) { session, format in
        let parts = session.image.bootParts
        let initrd = try session.stagedInitrd()
        try session.warnOfLargeInitrd(format)
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
        suffixes: ["-initrd.tar"], content: .initrd, oracles: ["bsdtar"]
    ) { session, format in
        let parts = session.image.bootParts
        let initrd = try session.stagedInitrd()
        try session.warnOfLargeInitrd(format)
        let members: [(name: ByteString, contents: FileContents?)] = [
            ("kernel", parts.kernel),
            ("initrd.img", initrd.contents),
            ("cmdline", parts.commandLine), ("ucode.cpio", parts.microcode),
        ]
        return [
            try session.writeFile(session.path("-initrd.tar")) { sink in
                var writer = TarWriter(sink)
                for (name, contents) in members {
                    guard let contents, contents.count > 0 else { continue }
                    var header = TarHeader(name: name, typeFlag: .regular)
                    header.mode = 0o644
                    header.size = contents.count
                    header.modified = session.stamp.time
                    try writer.write(TarEntry(header: header, contents: contents), from: session.store)
                }
                return try writer.finish()
            }
        ]
    }
}

/// The parts of an image that a boot loader loads.
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
    /// Writes kernel and command line, and a root file system that `writeRoot` writes to the format's second suffix.
    func writeKernel(
        with format: OutputFormat, _ writeRoot: (String) throws -> WrittenFile
    ) throws -> [WrittenFile] {
        let parts = image.bootParts
        guard let kernel = parts.kernel else { throw OutputError.noKernel(format: format.name) }
        if parts.microcode != nil {
            try report([Loss(path: "boot/ucode.cpio", kind: .microcode)], format: format.name)
        }
        var written = [try writeContents(kernel, format.suffixes[0]), try writeRoot(format.suffixes[1])]
        if let commandLine = parts.commandLine, commandLine.count > 0 {
            written.append(try writeContents(commandLine, format.suffixes[2]))
        }
        return written
    }
}
