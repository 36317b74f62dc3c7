extension OutputFormat {
    /// `raw` for QEMU and OpenStack.
    static let qcow2 = OutputFormat(
        name: "qcow2", summary: "qcow2 disk that boots under a BIOS and UEFI", suffixes: ["-hybrid.qcow2"],
        content: .initrd,
        firmware: [.bios, .efi], diskUnit: .mebibyte, oracles: ["qemu-img"]
    ) { session, format in
        [try session.writeQCOW2(try session.hybridDisk(format), format.suffixes[0])]
    }
}
