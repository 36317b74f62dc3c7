extension OutputFormat {
    /// A disk for import into VMware.
    static let vmdk = OutputFormat(
        name: "vmdk", summary: "VMDK, compressed, for VMware", suffixes: [".vmdk"], content: .initrd,
        firmware: [.bios],
        diskUnit: .mebibyte, oracles: ["qemu-img"]
    ) { session, format in
        [try session.writeVMDK(try session.biosDisk(format), format.suffixes[0])]
    }
}
