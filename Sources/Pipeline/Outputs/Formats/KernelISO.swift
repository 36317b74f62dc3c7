extension OutputFormat {
    /// Kernel and command line as files, the root file system as an ISO image.
    static let kernelISO = OutputFormat(
        name: "kernel+iso", summary: "kernel, command line, and the root file system as an ISO image",
        suffixes: ["-kernel", ".iso", "-cmdline"], content: .root, oracles: ["xorriso", "isoinfo"]
    ) { session, format in
        try session.writeKernel(with: format) { try session.writeImage(try session.rootISO(format), $0) }
    }
}
