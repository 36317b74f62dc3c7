import Bytes
import FileTree
import ISO9660

extension FuzzFormat {
    /// With Rock Ridge, Joliet and a boot catalog, whose checksum is right.
    static let iso9660 = FuzzFormat(
        name: "iso9660",
        seeds: {
            try [true, false].map { everything in
                var options = ISO9660Options(volumeID: "FUZZ", stamp: SampleTree.stamp)
                options.joliet = everything
                if everything {
                    var volume = ExtentMap()
                    volume.append(SampleTree.words(3000))
                    options.bootEntries = [.bios(SampleTree.words(1500)), .efi(volume)]
                }
                let image = try ISO9660Image(tree: try SampleTree.whole(), options: options)
                return try Specimen(sparse: image.extents.access(from: SampleTree.Store()))
            }
        },
        read: { specimen in
            for view in try ISO9660Reader(specimen).views {
                try readEverything(try ISO9660Reader(specimen, view: view))
            }
            for image in try ISO9660Reader(specimen).bootImages() {
                let length = UInt64(image.loadSectors) * 512
                try readEverything(
                    RangeSource(specimen, offset: UInt64(image.sector) * 2048, length: length))
            }
        }, repair: repairBootCatalog)

    /// El Torito 2.1: the boot record is sector 17, the catalog's sector stands at 0x47 of it, the sum over the 16 words of its
    /// first entry is 0, the word at 28 makes it so.
    @Sendable private static func repairBootCatalog(_ specimen: inout Specimen) {
        guard let record = specimen.position(of: 17 * 2048, length: 0x4B),
            let sector: UInt32 = specimen.bytes.little(at: record + 0x47),
            let entry = specimen.position(of: UInt64(sector) * 2048, length: 32)
        else { return }
        specimen.bytes.store(little: UInt16(0), at: entry + 28)
        var sum: UInt16 = 0
        for word in 0..<16 { sum &+= specimen.bytes.little(at: entry + word * 2) ?? 0 }
        specimen.bytes.store(little: 0 &- sum, at: entry + 28)
    }
}
