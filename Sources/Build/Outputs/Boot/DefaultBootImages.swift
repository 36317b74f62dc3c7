extension BootFiles {
    /// The image that is taken where none is named.
    ///
    /// For a BIOS and the Raspberry Pi it is the one that LinuxKit's own formats are made with (its tags are hashes of
    /// what is in them). LinuxKit's EFI formats start GRUB, and none of its images has systemd's stub: the
    /// default is this project's own package, as `identikit pkg build packages/boot-efi` makes it. That one is
    /// published nowhere (`isPublished`).
    public static func defaultImage(_ firmware: Firmware) -> String {
        switch firmware {
        case .bios: "linuxkit/mkimage-iso-bios:ca3da0ac21b1b307eb922163ee4607014d28ea5b"
        case .efi: "identikit/boot-efi:22890a1ccc6d55cea7b1cd075eb6a3e111a8aa6d"
        case .raspberryPi: "linuxkit/mkimage-rpi3:4de9c144e4766bf283620371601c91638164b686"
        }
    }

    /// False for a default that is only ever taken from the cache: in a registry its name is a stranger's.
    public static func isPublished(_ firmware: Firmware) -> Bool { firmware != .efi }
}
