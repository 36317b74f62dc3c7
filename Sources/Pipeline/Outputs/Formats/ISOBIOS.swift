extension OutputFormat {
    /// A hybrid CD and disk image whose file system is the root file system.
    static let isoBIOS = OutputFormat(
        name: "iso-bios", summary: "CD or USB stick with the root file system, boots under a BIOS",
        suffixes: [".iso"], content: .root,
        firmware: [.bios], oracles: ["xorriso", "isoinfo", "sfdisk"]
    ) { session, format in
        [try session.writeImage(try session.biosRootCD(format), format.suffixes[0])]
    }
}
