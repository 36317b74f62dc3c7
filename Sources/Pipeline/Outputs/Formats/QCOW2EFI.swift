extension OutputFormat {
    /// `raw-efi` for QEMU and OpenStack.
    static let qcow2EFI = OutputFormat(
        name: "qcow2-efi", summary: "qcow2 disk that boots under UEFI", suffixes: ["-efi.qcow2"],
        content: .initrd,
        firmware: [.efi], diskUnit: .mebibyte, oracles: ["qemu-img"]
    ) { session, format in
        [try session.writeQCOW2(try session.efiDisk(format), format.suffixes[0])]
    }
}
