extension OutputFormat {
    /// A disk with a GPT whose only partition is an EFI system partition.
    static let rawEFI = OutputFormat(
        name: "raw-efi", summary: "disk that boots under UEFI", suffixes: ["-efi.img"], content: .initrd,
        firmware: [.efi],
        diskUnit: .mebibyte, oracles: ["sgdisk", "fsck.fat", "mdir"]
    ) { session, format in
        [try session.writeImage(try session.efiDisk(format), format.suffixes[0])]
    }
}
