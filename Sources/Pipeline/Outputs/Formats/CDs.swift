extension OutputFormats {
    /// CDs. All but `iso-efi`, which has no partition table, also boot from USB sticks and disks.
    static let cds = [
        OutputFormat(
            name: "iso-bios", summary: "CD or USB stick with the root file system, boots under a BIOS",
            suffixes: [".iso"], form: .biosRootCD, oracles: ["xorriso", "isoinfo", "sfdisk"]),
        OutputFormat(
            name: "iso-efi", summary: "CD with the root file system, boots under UEFI from CD drives only",
            suffixes: ["-efi.iso"], form: .efiRootCD, oracles: ["xorriso", "isoinfo"]),
        OutputFormat(
            name: "iso-efi-initrd", summary: "CD or USB stick with an initrd, boots under UEFI",
            suffixes: ["-efi-initrd.iso"], form: .cd(.efi),
            oracles: ["xorriso", "isoinfo", "sgdisk"]),
        OutputFormat(
            name: "iso", summary: "CD or USB stick with an initrd, boots under a BIOS and UEFI",
            suffixes: ["-hybrid.iso"], form: .cd(.both),
            oracles: ["xorriso", "isoinfo", "sgdisk"]),
    ]
}
