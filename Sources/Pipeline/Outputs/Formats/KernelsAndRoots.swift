extension OutputFormats {
    /// Kernel, command line and root file system, for a boot loader or hypervisor of the user's.
    static let kernelsAndRoots = [
        OutputFormat(
            name: "kernel+initrd", summary: "kernel, initial RAM disk and command line as three files",
            suffixes: ["-kernel", StagedInitrd.suffix, "-cmdline"], form: .files(root: .initrd),
            oracles: ["bsdcpio", "cpio", "gzip"]),
        OutputFormat(
            name: "tar-kernel-initrd",
            summary: "kernel, initial RAM disk and command line in one tar archive",
            suffixes: ["-initrd.tar"], form: .archivedInitrd, oracles: ["bsdtar"]),
        OutputFormat(
            name: "kernel+iso", summary: "kernel, command line, and the root file system as an ISO image",
            suffixes: ["-kernel", ".iso", "-cmdline"], form: .files(root: .iso),
            oracles: ["xorriso", "isoinfo"]),
        OutputFormat(
            name: "kernel+squashfs", summary: "kernel, command line, and the root file system as squashfs",
            suffixes: ["-kernel", "-squashfs.img", "-cmdline"], form: .files(root: .squashfs),
            oracles: ["unsquashfs"]),
        OutputFormat(
            name: "kernel+erofs", summary: "kernel, command line, and the root file system as EROFS",
            suffixes: ["-kernel", "-erofs.img", "-cmdline"], form: .files(root: .erofs),
            oracles: ["fsck.erofs", "dump.erofs"]),
    ]
}
