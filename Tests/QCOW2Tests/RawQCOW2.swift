import Bytes
import TestSupport

/// Images made by hand, field by field, so that the reader is not judged by our own writer: clusters of
/// 512 bytes, the header, the L1 table, two L2 tables of 64 entries, then `clusters`.
struct RawQCOW2 {
    var version: UInt32 = 3
    var backingFile: UInt64 = 0
    var clusterBits: UInt32 = 9
    /// 128 clusters.
    var size: UInt64 = 128 * 512
    var encryption: UInt32 = 0
    var l1Size: UInt32 = 2
    var l1Offset: UInt64 = 512
    var incompatible: UInt64 = 0
    var headerLength: UInt32 = 104
    var compressionType: UInt8?
    var l1: [UInt64] = [1024 | 1 << 63, 1536 | 1 << 63]
    /// Entries by number of the cluster.
    var l2 = [UInt64](repeating: 0, count: 128)
    /// What stands from byte 2048 on.
    var clusters: [UInt8] = []

    static let firstCluster: UInt64 = 2048

    /// An image with data in its first and last cluster.
    static var sample: RawQCOW2 {
        var image = RawQCOW2()
        image.l2[0] = firstCluster | 1 << 63
        image.l2[127] = firstCluster + 512 | 1 << 63
        image.clusters = Disks.noise(1024)
        return image
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(big: UInt32(0x5146_49FB))
        bytes.append(big: version)
        bytes.append(big: backingFile)
        bytes.append(big: UInt32(0))
        bytes.append(big: clusterBits)
        bytes.append(big: size)
        bytes.append(big: encryption)
        bytes.append(big: l1Size)
        bytes.append(big: l1Offset)
        bytes.append(zeros: 24)
        bytes.append(big: incompatible)
        bytes.append(zeros: 16)
        bytes.append(big: UInt32(4))
        bytes.append(big: headerLength)
        if let compressionType { bytes.append(compressionType) }
        bytes.align(to: 512)
        for entry in l1 { bytes.append(big: entry) }
        bytes.align(to: 512)
        for entry in l2 { bytes.append(big: entry) }
        return bytes + clusters
    }
}
