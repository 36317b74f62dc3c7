import Bytes
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
}
