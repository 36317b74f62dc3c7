extension OutputFormat {
    /// A disk that a PC's BIOS starts.
    static let rawBIOS = OutputFormat(
        name: "raw-bios", summary: "disk that boots under a BIOS", suffixes: ["-bios.img"], content: .initrd,
        firmware: [.bios],
        diskUnit: .mebibyte, oracles: ["xorriso", "sfdisk"]
    ) { session, format in
        [try session.writeImage(try session.biosDisk(format), format.suffixes[0])]
    }
}
