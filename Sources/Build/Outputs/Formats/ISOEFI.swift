extension OutputFormat {
    /// A CD that is the root file system itself. It has no partition table, so that firmware does not start it from a
    /// USB stick or disk.
    static let isoEFI = OutputFormat(
        name: "iso-efi", summary: "CD (no USB stick or disk) with the root file system, boots under UEFI",
        suffixes: ["-efi.iso"], content: .root,
        firmware: [.efi], oracles: ["xorriso", "isoinfo"]
    ) { session, format in
        [try session.writeImage(try session.efiRootCD(format), format.suffixes[0])]
    }
}
