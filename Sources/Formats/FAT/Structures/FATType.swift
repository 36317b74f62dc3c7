/// The width of a volume's FAT entries (Microsoft, FAT specification 1.03, section 3.5).
///
/// It is written nowhere: a reader takes it from the count of clusters, and not all readers count alike.
public enum FATType: Hashable, Sendable, CaseIterable {
    case fat12
    case fat16
    case fat32

    /// Bits of an entry.
    var bits: UInt64 {
        switch self {
        case .fat12: 12
        case .fat16: 16
        case .fat32: 32
        }
    }

    /// How many clusters a volume that we write may have. The specification asks for 16 clusters of distance
    /// from 4,085 and 65,525, where the width changes, since many a reader is off by some.
    var clusterCounts: ClosedRange<UInt64> {
        switch self {
        case .fat12: 1...4068
        case .fat16: 4101...65508
        // Cluster numbers end before 0x0FFFFFF7, which marks a bad one.
        case .fat32: 65541...0x0FFF_FFF0
        }
    }

    /// What ends a chain, and what stands in the entry before the first cluster.
    var endOfChain: UInt32 {
        switch self {
        case .fat12: 0xFFF
        case .fat16: 0xFFFF
        case .fat32: 0x0FFF_FFFF
        }
    }

    /// Entries from here on are no clusters: bad ones, and ends of chains.
    var firstReserved: UInt32 { endOfChain - 8 }

    /// Bytes that entries for `clusters` clusters take, with the two before the first one.
    func tableSize(clusters: UInt64) -> UInt64 { ((clusters + 2) * bits + 7) / 8 }

    /// BS_FilSysType.
    var name: String {
        switch self {
        case .fat12: "FAT12"
        case .fat16: "FAT16"
        case .fat32: "FAT32"
        }
    }
}
