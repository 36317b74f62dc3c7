extension OutputFormat {
    /// `raw-bios` for QEMU and OpenStack.
    static let qcow2BIOS = OutputFormat(
        name: "qcow2-bios", summary: "qcow2 disk that boots under a BIOS", suffixes: [".qcow2"],
        content: .initrd,
        firmware: [.bios], diskUnit: .mebibyte, oracles: ["qemu-img"]
    ) { session, format in
        [try session.writeQCOW2(try session.biosDisk(format), format.suffixes[0])]
    }
}
