extension OutputFormat {
    /// A CD that is the root file system itself. It has no partition table, so that firmware does not start it from a
    /// USB stick or disk.
    static let isoEFI = OutputFormat(
        name: "iso-efi", summary: "CD with the root file system, boots under UEFI from CD drives only",
        suffixes: ["-efi.iso"], content: .root,
        firmware: [.efi], oracles: ["xorriso", "isoinfo"]
    ) { session, format in
        [try session.writeImage(try session.efiRootCD(format), format.suffixes[0])]
    }
}
