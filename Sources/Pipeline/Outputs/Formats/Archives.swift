extension OutputFormats {
    /// All entries of the image as one stream.
    static let archives = [
        OutputFormat(
            name: "tar", summary: "the root file system and kernel as one tar archive", suffixes: [".tar"],
            form: .entries(hasDockerfile: false), oracles: ["bsdtar"]),
        OutputFormat(
            name: "docker", summary: "a tar archive with a Dockerfile, for docker build -",
            suffixes: [".docker"], form: .entries(hasDockerfile: true), oracles: ["bsdtar"]),
    ]

    /// Files for the boot medium of a single-board computer.
    static let boards = [
        OutputFormat(
            name: "rpi3", summary: "tar archive for the SD card of a Raspberry Pi 3", suffixes: [".tar"],
            form: .raspberryPiCard, oracles: ["bsdtar", "mkimage"])
    ]
}
