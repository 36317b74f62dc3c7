internal import Assembly
internal import Bytes
internal import FileTree
internal import Tar

// Outputs for a boot loader or a virtual machine: kernel, command line and a root file system.

extension OutputSession {
    /// Writes kernel, initrd and command line. Images without a kernel are initrds to boot a kernel of the user's with.
    func writeKernelAndInitrd(_ format: OutputFormat) throws -> [WrittenFile] {
        let parts = image.bootParts
        let initrd = try stagedInitrd(for: format)
        try warnOfLargeInitrd(format)
        var written: [WrittenFile] = []
        if let kernel = parts.kernel { written.append(try writeContents(kernel, format.suffixes[0])) }
        stage(initrd.file)
        written.append(
            WrittenFile(path: path(format.suffixes[1]), size: initrd.size, digest: initrd.digest))
        if let commandLine = parts.commandLine, commandLine.count > 0 {
            written.append(try writeContents(commandLine, format.suffixes[2]))
        }
        return written
    }

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

    /// Writes kernel, initrd, command line and microcode to one archive.
    func writeKernelInitrdArchive(_ format: OutputFormat) throws -> WrittenFile {
        let parts = image.bootParts
        let initrd = try stagedInitrd(for: format)
        try warnOfLargeInitrd(format)
        let members: [(name: ByteString, contents: FileContents?)] = [
            ("kernel", parts.kernel), ("initrd.img", initrd.contents), ("cmdline", parts.commandLine),
            ("ucode.cpio", parts.microcode),
        ]
        return try writeFile(path(format.suffixes[0])) { sink in
            var writer = TarWriter(sink)
            for (name, contents) in members {
                guard let contents, contents.count > 0 else { continue }
                var header = TarHeader(name: name, typeFlag: .regular)
                header.mode = 0o644
                header.size = contents.count
                header.modified = stamp.time
                try writer.write(TarEntry(header: header, contents: contents), from: store)
            }
            return try writer.finish()
        }
    }
}
