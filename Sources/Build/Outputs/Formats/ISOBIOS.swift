extension OutputFormat {
    /// A CD, which is a disk as well, that is the root file system itself.
    static let isoBIOS = OutputFormat(
        name: "iso-bios", summary: "CD or USB stick with the root file system, boots under a BIOS",
        suffixes: [".iso"], content: .root,
        firmware: [.bios], oracles: ["xorriso", "isoinfo", "sfdisk"]
    ) { session, format in
        [try session.writeImage(try session.biosRootCD(format), format.suffixes[0])]
    }
}
