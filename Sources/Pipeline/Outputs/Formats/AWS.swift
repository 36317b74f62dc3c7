extension OutputFormat {
    /// A disk for `aws ec2 import-snapshot`.
    static let aws = OutputFormat(
        name: "aws", summary: "disk for Amazon EC2", suffixes: [".raw"], content: .initrd, firmware: [.bios],
        diskUnit: .mebibyte, oracles: ["xorriso", "sfdisk"]
    ) { session, format in
        [try session.writeImage(try session.biosDisk(format), format.suffixes[0])]
    }
}
