extension OutputFormat {
    /// Kernel and command line as files, the root file system as squashfs.
    static let kernelSquashFS = OutputFormat(
        name: "kernel+squashfs", summary: "kernel, command line, and the root file system as squashfs",
        suffixes: ["-kernel", "-squashfs.img", "-cmdline"], content: .root, oracles: ["unsquashfs"]
    ) { session, format in
        try session.writeKernel(with: format) { try session.writeSquashFS(format, $0) }
    }
}
