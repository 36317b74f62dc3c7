extension OutputFormat {
    /// An archive to unpack on a Raspberry Pi's SD card.
    static let rpi3 = OutputFormat(
        name: "rpi3", summary: "tar archive for the SD card of a Raspberry Pi 3", suffixes: [".tar"],
        content: .initrd,
        firmware: [.raspberryPi], oracles: ["bsdtar", "mkimage"]
    ) { session, format in
        [try session.writeRaspberryPiArchive(format, format.suffixes[0])]
    }
}
