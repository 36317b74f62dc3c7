extension OutputFormats {
    /// Disks for machines, hypervisors and clouds.
    static let disks = [
        OutputFormat(
            name: "raw-bios", summary: "disk that boots under a BIOS", suffixes: ["-bios.img"],
            form: .disk(.bios, in: .raw), oracles: ["xorriso", "sfdisk"]),
        OutputFormat(
            name: "raw-efi", summary: "disk that boots under UEFI", suffixes: ["-efi.img"],
            form: .disk(.efi, in: .raw), oracles: ["sgdisk", "fsck.fat", "mdir"]),
        OutputFormat(
            name: "raw", summary: "disk that boots under a BIOS and UEFI", suffixes: ["-hybrid.img"],
            form: .disk(.both, in: .raw), oracles: ["sgdisk", "xorriso", "fsck.fat"]),
        OutputFormat(
            name: "qcow2-bios", summary: "qcow2 disk that boots under a BIOS", suffixes: [".qcow2"],
            form: .disk(.bios, in: .qcow2), oracles: ["qemu-img"]),
        OutputFormat(
            name: "qcow2-efi", summary: "qcow2 disk that boots under UEFI", suffixes: ["-efi.qcow2"],
            form: .disk(.efi, in: .qcow2), oracles: ["qemu-img"]),
        OutputFormat(
            name: "qcow2", summary: "qcow2 disk that boots under a BIOS and UEFI",
            suffixes: ["-hybrid.qcow2"], form: .disk(.both, in: .qcow2), oracles: ["qemu-img"]),
        OutputFormat(
            name: "aws", summary: "disk for Amazon EC2", suffixes: [".raw"], form: .disk(.bios, in: .raw),
            oracles: ["xorriso", "sfdisk"]),
        OutputFormat(
            name: "gcp", summary: "disk for Google Compute Engine", suffixes: [".img.tar.gz"],
            form: .disk(.bios, in: .googleArchive), oracles: ["tar", "bsdtar"]),
        OutputFormat(
            name: "vhd", summary: "VHD of fixed size, for Azure and Hyper-V", suffixes: [".vhd"],
            form: .disk(.bios, in: .fixedVHD), oracles: ["qemu-img"]),
        OutputFormat(
            name: "dynamic-vhd", summary: "VHD that grows, for Hyper-V and VirtualBox", suffixes: [".vhd"],
            form: .disk(.bios, in: .dynamicVHD), oracles: ["qemu-img"]),
        OutputFormat(
            name: "vmdk", summary: "VMDK, compressed, for VMware", suffixes: [".vmdk"],
            form: .disk(.bios, in: .vmdk), oracles: ["qemu-img"]),
    ]
}
