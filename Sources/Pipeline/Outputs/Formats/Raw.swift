extension OutputFormat {
    /// A disk for PCs with BIOS or UEFI.
    static let raw = OutputFormat(
        name: "raw", summary: "disk that boots under a BIOS and UEFI", suffixes: ["-hybrid.img"],
        content: .initrd,
        firmware: [.bios, .efi], diskUnit: .mebibyte, oracles: ["sgdisk", "xorriso", "fsck.fat"]
    ) { session, format in
        [try session.writeImage(try session.hybridDisk(format), format.suffixes[0])]
    }
}
