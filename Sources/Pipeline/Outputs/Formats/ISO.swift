extension OutputFormat {
    /// One file for PCs with BIOS or UEFI and for any medium.
    static let iso = OutputFormat(
        name: "iso", summary: "CD or USB stick with an initrd, boots under a BIOS and UEFI",
        suffixes: ["-hybrid.iso"], content: .initrd, firmware: [.bios, .efi],
        oracles: ["xorriso", "isoinfo", "sgdisk"]
    ) { session, format in
        [try session.writeImage(try session.hybridCD(format), format.suffixes[0])]
    }
}
