extension OutputFormat {
    /// Like `vhd`, but without empty blocks.
    static let dynamicVHD = OutputFormat(
        name: "dynamic-vhd", summary: "VHD that grows, for Hyper-V and VirtualBox", suffixes: [".vhd"],
        content: .initrd,
        firmware: [.bios], diskUnit: .mebibyte, diskRange: .azure, oracles: ["qemu-img"]
    ) { session, format in
        [try session.writeVHD(try session.biosDisk(format), isDynamic: true, format.suffixes[0])]
    }
}
