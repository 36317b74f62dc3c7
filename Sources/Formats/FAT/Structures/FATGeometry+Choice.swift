internal import Bytes
internal import FileTree

extension FATGeometry {
    /// A form, and up to which size of volume, in bytes, it is the one to take.
    struct Candidate {
        let form: Form
        let sizeLimit: UInt64
    }

    /// The width and size of clusters for volumes up to a size, in MiB, as Microsoft's tables have them (FAT
    /// specification, section 3.5), but no cluster below 2 KiB where nobody asks for FAT32 in a small volume.
    private static let usual: [(type: FATType, clusterSize: UInt64, limit: UInt64)] = [
        (.fat12, 2048, 9), (.fat16, 2048, 128), (.fat16, 4096, 256), (.fat16, 8192, 512),
        (.fat32, 4096, 8 << 10), (.fat32, 8192, 16 << 10), (.fat32, 16384, 32 << 10),
        (.fat32, 32768, 4 << 20),
    ]

    /// What to try, in order.
    static func candidates(_ options: FATOptions, rootEntries: Int) -> [Candidate] {
        var rows = usual
        if let size = options.clusterSize {
            let types = options.type.map { [$0] } ?? [.fat12, .fat16, .fat32]
            rows = types.map { ($0, size, 4 << 20) }
        } else if let type = options.type {
            rows =
                type == .fat32
                ? [(.fat32, 512, 260)] + usual.filter { $0.type == .fat32 }
                : [2048, 4096, 8192, 16384, 32768].map { (type, $0, 4 << 20) }
        }
        return rows.compactMap { row in
            guard let entries = Self.rootEntries(rootEntries, row.type) else { return nil }
            let form = Form(
                type: row.type, clusterSize: row.clusterSize, alignment: options.alignment,
                rootEntries: entries)
            return Candidate(form: form, sizeLimit: row.limit << 20)
        }
    }

    /// What BPB_RootEntCnt says: 512, which all systems expect, or whole 2 KiB of what is needed.
    private static func rootEntries(_ count: Int, _ type: FATType) -> UInt64? {
        if type == .fat32 { return 0 }
        let entries = max(512, UInt64(count).aligned(to: 64))
        return entries <= 0xFFFF ? entries : nil
    }

    /// The first form that makes a volume as asked for, for the files of `tree`.
    static func choose(
        _ tree: FATTree, _ options: FATOptions
    ) throws(FATError) -> (geometry: FATGeometry, allocation: FATAllocation) {
        try options.check()
        let candidates = candidates(options, rootEntries: tree.entryCount(of: FATTree.root))
        let allocations = candidates.map { FATAllocation(tree, $0.form) }
        var needed: UInt64?
        // Between the widths there are sizes that have no valid count of clusters but by leaving out many.
        for excess: UInt64 in [64, 1024] {
            for (candidate, allocation) in zip(candidates, allocations) {
                let free = options.freeSpace.aligned(to: candidate.form.clusterSize)
                let clusters = allocation.clusterCount + free / candidate.form.clusterSize
                guard let least = FATGeometry(candidate.form, clusters: clusters) else { continue }
                needed = min(needed ?? .max, least.totalSectors * sectorSize)
                let sectors = options.size.sectors(least: least.totalSectors)
                guard sectors <= candidate.sizeLimit / sectorSize else { continue }
                let geometry =
                    sectors == least.totalSectors
                    ? least : FATGeometry(candidate.form, sectors: sectors, excess: excess)
                guard let geometry, geometry.clusterCount >= clusters else { continue }
                return (geometry, allocation)
            }
        }
        throw impossible(tree, options, needed: needed)
    }

    private static func impossible(_ tree: FATTree, _ options: FATOptions, needed: UInt64?) -> FATError {
        guard let needed else {
            return .impossibleSize(
                size: tree.files.reduce(0) { $0 + tree.nodes[$1].contents.count },
                reason: "the files take more clusters than this FAT can have, use larger ones or FAT32")
        }
        switch options.size {
        case .exactly(let size) where needed > size: return .volumeTooSmall(needed: needed, available: size)
        case .exactly(let size), .fitting(let size):
            return .impossibleSize(
                size: size, reason: "no number of clusters is valid for it; it starts at \(needed) bytes")
        }
    }
}

extension FATOptions.Size {
    /// Whole sectors, at least `least` where the volume is to fit the files.
    fileprivate func sectors(least: UInt64) -> UInt64 {
        switch self {
        case .exactly(let size): size / FATGeometry.sectorSize
        case .fitting(let minimum):
            max(least, minimum / FATGeometry.sectorSize + (minimum % FATGeometry.sectorSize == 0 ? 0 : 1))
        }
    }
}
