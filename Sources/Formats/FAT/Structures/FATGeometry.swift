internal import Bytes

/// Where the parts of a volume to be written are.
struct FATGeometry: Hashable, Sendable {
    static let sectorSize: UInt64 = 512
    static let fatCount: UInt64 = 2
    /// BPB_TotSec32 has 32 bits.
    static let sectorLimit: UInt64 = 0xFFFF_FFFF

    let type: FATType
    /// Bytes.
    let clusterSize: UInt64
    let reservedSectors: UInt64
    let sectorsPerFAT: UInt64
    /// Entries of the root directory of FAT12 and FAT16.
    let rootEntries: UInt64
    let totalSectors: UInt64
    let clusterCount: UInt64

    var dataSector: UInt64 { reservedSectors + Self.fatCount * sectorsPerFAT + rootEntries / 16 }
    /// Bytes from the start of the volume.
    var dataOffset: UInt64 { dataSector * Self.sectorSize }

    /// What is fixed before the size is: width and size of clusters, root entries and alignment.
    struct Form: Hashable {
        let type: FATType
        /// Bytes.
        let clusterSize: UInt64
        /// Bytes.
        let alignment: UInt64
        let rootEntries: UInt64

        fileprivate var sectorsPerCluster: UInt64 { clusterSize / sectorSize }
        /// Sectors before the first FAT at least; FAT32 has copies of the first three in the seventh to ninth.
        private var leastReserved: UInt64 { type == .fat32 ? 32 : 1 }

        /// Sectors that a FAT for so many clusters has.
        fileprivate func sectorsPerFAT(clusters: UInt64) -> UInt64 {
            (type.tableSize(clusters: clusters) + sectorSize - 1) / sectorSize
        }

        /// Reserved sectors that make the data area start at a multiple of the alignment.
        fileprivate func reserved(sectorsPerFAT: UInt64) -> UInt64 {
            let rest = fatCount * sectorsPerFAT + rootEntries / 16
            return (leastReserved + rest).aligned(to: alignment / sectorSize) - rest
        }

        fileprivate func dataSector(sectorsPerFAT: UInt64) -> UInt64 {
            reserved(sectorsPerFAT: sectorsPerFAT) + fatCount * sectorsPerFAT + rootEntries / 16
        }
    }

    /// The smallest volume with `clusters` clusters or more; nil if the form has no such volume.
    init?(_ form: Form, clusters: UInt64) {
        let count = max(clusters, form.type.clusterCounts.lowerBound)
        let sectorsPerFAT = form.sectorsPerFAT(clusters: count)
        let dataSector = form.dataSector(sectorsPerFAT: sectorsPerFAT)
        self.init(form, clusters: count, sectorsPerFAT, sectors: dataSector + count * form.sectorsPerCluster)
    }

    /// The volume of `sectors` sectors; nil if the form has none of that size, but for `excess` clusters that are left out.
    init?(_ form: Form, sectors: UInt64, excess: UInt64) {
        func clusters(_ sectorsPerFAT: UInt64) -> UInt64 {
            let data = form.dataSector(sectorsPerFAT: sectorsPerFAT)
            return data > sectors ? 0 : (sectors - data) / form.sectorsPerCluster
        }
        // A larger FAT leaves fewer clusters. From below, the first that holds those that it leaves is the smallest.
        let most = form.sectorsPerFAT(clusters: sectors / form.sectorsPerCluster)
        var sectorsPerFAT = form.sectorsPerFAT(clusters: clusters(most))
        while form.sectorsPerFAT(clusters: clusters(sectorsPerFAT)) > sectorsPerFAT { sectorsPerFAT += 1 }
        let count = min(clusters(sectorsPerFAT), form.type.clusterCounts.upperBound)
        guard clusters(sectorsPerFAT) - count <= excess else { return nil }
        self.init(form, clusters: count, sectorsPerFAT, sectors: sectors)
    }

    private init?(_ form: Form, clusters: UInt64, _ sectorsPerFAT: UInt64, sectors: UInt64) {
        guard form.type.clusterCounts.contains(clusters), sectors <= Self.sectorLimit else { return nil }
        type = form.type
        clusterSize = form.clusterSize
        rootEntries = form.rootEntries
        totalSectors = sectors
        self.sectorsPerFAT = sectorsPerFAT
        // Readers count the clusters from the sectors: what must not be counted goes before the data area.
        let step = form.alignment / Self.sectorSize
        var reserved = form.reserved(sectorsPerFAT: sectorsPerFAT)
        func counted() -> UInt64 {
            (sectors - reserved - Self.fatCount * sectorsPerFAT - form.rootEntries / 16)
                / form.sectorsPerCluster
        }
        while counted() > clusters { reserved += step }
        clusterCount = counted()
        guard form.type.clusterCounts.contains(clusterCount), reserved <= 0xFFFF else { return nil }
        reservedSectors = reserved
    }
}
