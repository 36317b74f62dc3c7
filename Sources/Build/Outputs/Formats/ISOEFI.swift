extension OutputFormat {
    /// A CD that is the root file system itself.
    static let isoEFI = OutputFormat(
        name: "iso-efi", summary: "CD with the root file system, boots under UEFI", suffixes: ["-efi.iso"],
        firmware: [.efi], oracles: ["xorriso", "isoinfo"]
    ) { session, format in
        [try session.writeImage(try session.efiRootCD(format), format.suffixes[0])]
    }
}
