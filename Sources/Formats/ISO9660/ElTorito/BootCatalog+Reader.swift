internal import Bytes

/// An entry of a boot catalog as an image has it.
public struct ISO9660BootImage: Hashable, Sendable {
    /// 0 for 80x86, 1 for PowerPC, 2 for Mac, 0xEF for EFI.
    public var platform: UInt8
    public var isBootable: Bool
    /// 0 for no emulation, 1 to 3 for floppies, 4 for a hard disk.
    public var media: UInt8
    /// In sectors of 512 bytes.
    public var loadSectors: UInt16
    /// The first sector, of 2048 bytes.
    public var sector: UInt32
}

extension ISO9660Reader {
    /// Entries that a catalog may have here.
    private static let bootImageLimit = 256

    /// The entries of the boot catalog; none if there is no catalog.
    public func bootImages() throws(ISO9660Error) -> [ISO9660BootImage] {
        guard let catalog = descriptors.bootCatalog else { return [] }
        let start = UInt64(catalog) * UInt64(Sector.size)
        let validation = try entry(0, start)
        var sum: UInt16 = 0
        for offset in stride(from: 0, to: BootCatalog.entryLength, by: 2) {
            sum &+= validation.little(at: offset) ?? 0
        }
        guard validation[0] == 1, validation[30...].elementsEqual([0x55, 0xAA]), sum == 0 else {
            throw .corrupt(what: "boot catalog", offset: start, reason: "its first entry is not valid")
        }
        var images = [Self.image(try entry(1, start), platform: validation[1])]
        var index = 2
        while true {
            let header = try entry(index, start)
            guard [BootCatalog.header, BootCatalog.lastHeader].contains(header[0]) else { return images }
            index += 1
            for _ in 0..<(header.little(UInt16.self, at: 2) ?? 0) {
                let bytes = try entry(index, start)
                images.append(Self.image(bytes, platform: header[1]))
                index += 1
                // Selection criteria may go on in entries of their own.
                var goesOn = bytes[1] & BootCatalog.continuationFlag != 0
                while goesOn {
                    let more = try entry(index, start)
                    index += 1
                    goesOn = more[1] & BootCatalog.continuationFlag != 0
                }
            }
            if header[0] == BootCatalog.lastHeader { return images }
        }
    }

    private func entry(_ index: Int, _ start: UInt64) throws(ISO9660Error) -> [UInt8] {
        guard index < Self.bootImageLimit else {
            throw .limitExceeded(what: "the boot catalog", limit: UInt64(Self.bootImageLimit), offset: start)
        }
        return try image.bytes(
            start + UInt64(index * BootCatalog.entryLength), BootCatalog.entryLength, of: "boot catalog")
    }

    private static func image(_ bytes: [UInt8], platform: UInt8) -> ISO9660BootImage {
        ISO9660BootImage(
            platform: platform, isBootable: bytes[0] == BootCatalog.bootable, media: bytes[1] & 0x0F,
            loadSectors: bytes.little(at: 6) ?? 0, sector: bytes.little(at: 8) ?? 0)
    }
}
