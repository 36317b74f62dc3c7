extension OutputFormat {
    /// A disk for Azure: whole MiB and a footer.
    static let vhd = OutputFormat(
        name: "vhd", summary: "VHD of fixed size, for Azure and Hyper-V", suffixes: [".vhd"],
        content: .initrd,
        firmware: [.bios], diskUnit: .mebibyte, diskRange: .azure, oracles: ["qemu-img"]
    ) { session, format in
        [try session.writeVHD(try session.biosDisk(format), isDynamic: false, format.suffixes[0])]
    }
}
