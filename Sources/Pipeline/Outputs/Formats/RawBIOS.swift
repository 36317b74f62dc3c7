extension OutputFormat {
    /// A disk that boots under a PC's BIOS.
    static let rawBIOS = OutputFormat(
        name: "raw-bios", summary: "disk that boots under a BIOS", suffixes: ["-bios.img"], content: .initrd,
        firmware: [.bios],
        diskUnit: .mebibyte, oracles: ["xorriso", "sfdisk"]
    ) { session, format in
        [try session.writeImage(try session.biosDisk(format), format.suffixes[0])]
    }
}
