internal import Bytes

/// Follows chains of clusters through the FAT; each cluster once, whichever file it belongs to.
struct ClusterChains {
    /// Who asks: a path, and where the directory entry is that names the first cluster.
    struct Source {
        let path: ByteString
        let offset: UInt64
    }

    private let boot: BootSector
    private let bytes: any RandomAccessBytes
    /// A bit for each cluster that was met.
    private var met: [UInt64]
    /// Some bytes of the FAT, from `windowStart` on, counted from the FAT's start.
    private var window: [UInt8] = []
    private var windowStart: UInt64 = 0

    private static let windowSize: UInt64 = 4096
    /// Bytes of a directory.
    private static let directoryLimit: UInt64 = 2 << 20

    init(_ boot: BootSector, _ bytes: any RandomAccessBytes) {
        self.boot = boot
        self.bytes = bytes
        met = [UInt64](repeating: 0, count: Int((boot.clusterCount + 2) / 64 + 1))
    }

    /// The bytes of the root directory.
    mutating func root() throws(FATError) -> [Range<UInt64>] {
        if boot.type == .fat32 {
            return try directory(boot.rootCluster, Source(path: ByteString(), offset: 44))
        }
        return [boot.rootOffset..<boot.rootOffset + boot.rootEntries * UInt64(DirectoryEntry.size)]
    }

    /// The bytes of a directory, to the end of its chain.
    mutating func directory(_ first: UInt32, _ source: Source) throws(FATError) -> [Range<UInt64>] {
        try follow(first, source, limit: nil)
    }

    /// The bytes of a file's clusters, cut to its size.
    mutating func file(
        _ first: UInt32, size: UInt64, _ source: Source
    ) throws(FATError) -> [Range<UInt64>] {
        if size == 0 { return [] }
        return try follow(first, source, limit: size)
    }

    private mutating func follow(
        _ first: UInt32, _ source: Source, limit: UInt64?
    ) throws(FATError) -> [Range<UInt64>] {
        var extents: [Range<UInt64>] = []
        var total: UInt64 = 0
        var cluster = first
        var offset = source.offset
        while true {
            guard boot.isCluster(cluster) else {
                throw .badCluster(path: source.path, cluster: cluster, offset: offset)
            }
            guard meet(cluster) else {
                throw .crossLinked(path: source.path, cluster: cluster, offset: offset)
            }
            let start = boot.offset(of: cluster)
            if let last = extents.last, last.upperBound == start {
                extents[extents.count - 1] = last.lowerBound..<start + boot.clusterSize
            } else {
                extents.append(start..<start + boot.clusterSize)
            }
            total += boot.clusterSize
            if let limit, total >= limit { return extents }
            if limit == nil, total > Self.directoryLimit { throw .directoryTooLarge(path: source.path) }
            offset = boot.fatOffset + entryOffset(cluster)
            cluster = try next(cluster)
            if cluster >= boot.type.firstReserved + 1 {
                guard let limit else { return extents }
                throw .chainTooShort(path: source.path, size: limit, found: total)
            }
        }
    }

    /// False if the cluster was met before.
    private mutating func meet(_ cluster: UInt32) -> Bool {
        let (word, bit) = (Int(cluster / 64), UInt64(1) << UInt64(cluster % 64))
        defer { met[word] |= bit }
        return met[word] & bit == 0
    }

    private func entryOffset(_ cluster: UInt32) -> UInt64 { UInt64(cluster) * boot.type.bits / 8 }

    /// The FAT's entry for the cluster, which is one that exists.
    private mutating func next(_ cluster: UInt32) throws(FATError) -> UInt32 {
        let offset = entryOffset(cluster)
        let size: UInt64 = boot.type == .fat32 ? 4 : 2
        if offset < windowStart || offset + size > windowStart + UInt64(window.count) { try load(offset) }
        let position = Int(offset - windowStart)
        switch boot.type {
        case .fat12:
            let pair = UInt32(window.little(UInt16.self, at: position) ?? 0)
            return cluster % 2 == 0 ? pair & 0xFFF : pair >> 4
        case .fat16: return UInt32(window.little(UInt16.self, at: position) ?? 0)
        case .fat32: return (window.little(UInt32.self, at: position) ?? 0) & 0x0FFF_FFFF
        }
    }

    private mutating func load(_ offset: UInt64) throws(FATError) {
        let end = boot.sectorsPerFAT * boot.bytesPerSector
        windowStart = offset / Self.windowSize * Self.windowSize
        // Two bytes more, for entries of 12 bits across the edge.
        let length = Int(min(Self.windowSize + 2, end - windowStart))
        do throws(StreamError) {
            window = try bytes.bytes(at: boot.fatOffset + windowStart, length: length, of: "a FAT")
        } catch { throw .stream(error) }
    }
}
