extension OutputFormat {
    /// A disk for import into Google Cloud: `disk.raw`, a whole number of GiB, alone in a tar archive.
    static let gcp = OutputFormat(
        name: "gcp", summary: "disk for Google Compute Engine", suffixes: [".img.tar.gz"], content: .initrd,
        firmware: [.bios],
        diskUnit: .gibibyte, oracles: ["tar", "bsdtar"]
    ) { session, format in
        [try session.writeGoogleArchive(try session.biosDisk(format), format.suffixes[0])]
    }
}
