import Bytes
import Checksums
import EROFS
import FAT
import FileTree

extension FuzzFormat {
    /// FAT12, FAT16 and FAT32.
    static let fat = FuzzFormat(
        name: "fat",
        seeds: {
            let sizes: [(FATType, UInt64, UInt64)] = [
                (.fat12, 512, 1 << 20), (.fat16, 512, 4 << 20), (.fat32, 512, 40 << 20),
            ]
            return try sizes.map { type, cluster, size in
                let options = FATOptions(
                    label: "FUZZ", stamp: SampleTree.stamp, size: .exactly(size), type: type,
                    clusterSize: cluster)
                let volume = try FATVolume(tree: try SampleTree.plain(), options: options)
                return try Specimen(sparse: volume.extents.access(from: SampleTree.Store()))
            }
        },
        read: { specimen in
            let reader = try FATReader(specimen)
            try readEverything(reader)
            _ = try reader.label()
        })

    /// With a right checksum of the superblock.
    static let erofs = FuzzFormat(
        name: "erofs",
        seeds: {
            let image = try EROFSImage(tree: try SampleTree.whole(), stamp: SampleTree.stamp)
            return [try Specimen(sparse: image.extents.access(from: SampleTree.Store()))]
        },
        read: { specimen in try readEverything(try EROFSReader(specimen)) }, repair: repairEROFS)

    /// Of the first block from byte 1024 on, the checksum itself, at 1028, as zero (erofs_fs.h, `struct erofs_super_block`).
    @Sendable private static func repairEROFS(_ specimen: inout Specimen) {
        guard let start = specimen.position(of: 1024, length: 128) else { return }
        let bits = UInt64(specimen.bytes[start + 12])
        specimen.bytes.store(little: UInt32(0), at: start + 4)
        guard (11...16).contains(bits), specimen.count >= 1 << bits,
            let block = try? specimen.bytes(at: 1024, length: 1 << Int(bits) - 1024, of: "a block")
        else { return }
        var sum = CRC32C()
        sum.update(block)
        specimen.bytes.store(little: sum.register, at: start + 4)
    }
}
