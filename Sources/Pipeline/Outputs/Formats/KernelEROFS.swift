extension OutputFormat {
    /// Kernel and command line as files, the root file system as EROFS.
    static let kernelEROFS = OutputFormat(
        name: "kernel+erofs", summary: "kernel, command line, and the root file system as EROFS",
        suffixes: ["-kernel", "-erofs.img", "-cmdline"], content: .root,
        oracles: ["fsck.erofs", "dump.erofs"]
    ) { session, format in
        try session.writeKernel(with: format) { try session.writeImage(try session.rootEROFS(format), $0) }
    }
}
