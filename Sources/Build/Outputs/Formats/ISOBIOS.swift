extension OutputFormat {
    /// A CD that is the root file system itself.
    static let isoBIOS = OutputFormat(
        name: "iso-bios", summary: "CD with the root file system, boots under a BIOS", suffixes: [".iso"],
        firmware: [.bios], oracles: ["xorriso", "isoinfo"]
    ) { session, format in
        [try session.writeImage(try session.biosRootCD(format), format.suffixes[0])]
    }
}
