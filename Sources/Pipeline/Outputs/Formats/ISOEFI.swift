extension OutputFormat {
    /// A CD whose file system is the root file system. It has no partition table, so firmware does not boot it from
    /// a USB stick or disk.
    static let isoEFI = OutputFormat(
        name: "iso-efi", summary: "CD with the root file system, boots under UEFI from CD drives only",
        suffixes: ["-efi.iso"], content: .root,
        firmware: [.efi], oracles: ["xorriso", "isoinfo"]
    ) { session, format in
        [try session.writeImage(try session.efiRootCD(format), format.suffixes[0])]
    }
}
