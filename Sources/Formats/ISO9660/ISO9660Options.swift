public import Bytes
public import FileTree

/// What an image carries beside a tree.
public struct ISO9660Options: Sendable {
    /// Up to 32 characters of A-Z, 0-9 and `_`; Joliet shows the first 16.
    public var volumeID: String
    /// The time of the volume and of what is made here.
    public var stamp: BuildStamp
    /// True for a second set of directories with names in UCS-2, for Windows. It has directories and regular
    /// files; links, devices and the rest are in Rock Ridge alone.
    public var joliet = true
    /// In the order of the boot catalog; firmware takes the first of its platform.
    public var bootEntries: [ISO9660BootEntry] = []
    /// Files whose bytes lie in a boot image, where they are read from instead of being stored again.
    public var aliases: [ISO9660Alias] = []
    /// The image's length is a multiple of this; itself a multiple of 2048. A hybrid image takes 1 MiB, a cylinder
    /// of 64 heads and 32 sectors, because some firmware guesses the geometry of a disk from where partitions end.
    public var sizeAlignment: UInt64 = 2048

    public init(volumeID: String, stamp: BuildStamp) {
        self.volumeID = volumeID
        self.stamp = stamp
    }
}

/// One entry of an El Torito boot catalog, with its image: bootable, no emulation.
public struct ISO9660BootEntry: Sendable {
    public enum Platform: UInt8, Sendable {
        /// 80x86: the image is loaded to 0x7C00 and run.
        case bios = 0
        /// The image is a FAT volume with `EFI/BOOT/BOOT*.EFI`.
        case efi = 0xEF
    }

    public let platform: Platform
    /// Lies in the image at a multiple of `alignment`, and has no name in the tree.
    let image: ExtentMap
    /// What firmware loads before it jumps there, in sectors of 512 bytes; nil for all of the image.
    let loadSectors: UInt16?
    let hasBootInfoTable: Bool
    /// Bytes, a multiple of 2048.
    let alignment: UInt64

    /// An image for a BIOS, as isolinux.bin. `bootInfoTable` writes into its bytes 8 to 63 where it lies, its length
    /// and checksum, as isolinux and GRUB want. `loadSectors` count 512 bytes each.
    public static func bios(
        _ image: [UInt8], bootInfoTable: Bool = true, loadSectors: UInt16 = 4
    ) -> Self {
        var map = ExtentMap()
        map.append(image)
        return Self(
            platform: .bios, image: map, loadSectors: loadSectors, hasBootInfoTable: bootInfoTable,
            alignment: 2048)
    }

    /// A FAT volume for EFI firmware, placed at a multiple of `alignment` bytes (a multiple of 2048).
    public static func efi(_ volume: ExtentMap, alignment: UInt64 = 2048) -> Self {
        Self(
            platform: .efi, image: volume, loadSectors: nil, hasBootInfoTable: false, alignment: alignment)
    }
}

/// Says that the contents of a regular file are bytes of a boot image, so that both are stored once: an initrd
/// inside a unified kernel image inside a FAT volume.
public struct ISO9660Alias: Hashable, Sendable {
    public var path: ByteString
    /// Which of `ISO9660Options.bootEntries`.
    public var bootEntry: Int
    /// Where in the boot image, a multiple of 2048; as many bytes as the file has must be there.
    public var offset: UInt64

    public init(path: ByteString, bootEntry: Int, offset: UInt64) {
        self.path = path
        self.bootEntry = bootEntry
        self.offset = offset
    }
}

/// Where something lies in an image.
public struct ISO9660Location: Hashable, Sendable {
    /// The first sector, of 2048 bytes.
    public var sector: UInt32
    /// Bytes.
    public var length: UInt64

    /// Bytes from the start of the image.
    public var offset: UInt64 { UInt64(sector) * 2048 }
}
