extension OutputFormat {
    /// A hybrid CD and disk image with everything in an initrd.
    static let isoEFIInitrd = OutputFormat(
        name: "iso-efi-initrd", summary: "CD or USB stick with an initrd, boots under UEFI",
        suffixes: ["-efi-initrd.iso"], content: .initrd, firmware: [.efi],
        oracles: ["xorriso", "isoinfo", "sgdisk"]
    ) { session, format in
        [try session.writeImage(try session.efiCD(format), format.suffixes[0])]
    }
}
