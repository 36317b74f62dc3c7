extension BootFiles {
    /// The image that is used by default.
    ///
    /// For a BIOS and the Raspberry Pi it is the one that LinuxKit uses for its own formats (tags are hashes of the
    /// contents). LinuxKit's EFI formats start GRUB, and none of its images contains systemd's stub, so the
    /// default is this project's own package, built with `identikit pkg build packages/boot-efi`. It is not
    /// published (`isPublished`).
    public static func defaultImage(_ firmware: Firmware) -> String {
        switch firmware {
        case .bios: "linuxkit/mkimage-iso-bios:ca3da0ac21b1b307eb922163ee4607014d28ea5b"
        case .efi: "identikit/boot-efi:22890a1ccc6d55cea7b1cd075eb6a3e111a8aa6d"
        case .raspberryPi: "linuxkit/mkimage-rpi3:4de9c144e4766bf283620371601c91638164b686"
        }
    }

    /// Whether the default may be pulled. An unpublished one is read from the cache only, as its name in a registry
    /// could belong to anyone.
    public static func isPublished(_ firmware: Firmware) -> Bool { firmware != .efi }
}
