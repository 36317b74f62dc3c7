internal import Bytes

/// The refcount table and its blocks ("Host cluster management"): 16 bits a cluster, each of which
/// is used once in what is written here.
struct Refcounts {
    private let clusterSize: UInt64
    /// Clusters of the whole image, these structures included.
    private let clusters: UInt64
    /// Clusters of the table, and blocks, of a cluster each.
    let tableClusters: UInt64
    let blocks: UInt64

    /// Sizes the structures for an image that has `clustersBefore` clusters before them; table and blocks
    /// count themselves too.
    init(clustersBefore: UInt64, header: QCOW2Header) {
        clusterSize = header.clusterSize
        let perBlock = clusterSize / 2
        var (table, blocks) = (UInt64(1), UInt64(1))
        while true {
            let neededBlocks = (clustersBefore + table + blocks + perBlock - 1) / perBlock
            let neededTable = (neededBlocks * 8 + clusterSize - 1) / clusterSize
            if neededBlocks == blocks && neededTable == table { break }
            (table, blocks) = (max(table, neededTable), max(blocks, neededBlocks))
        }
        tableClusters = table
        self.blocks = blocks
        clusters = clustersBefore + table + blocks
    }

    /// The table, which stands at `offset` with the blocks after it.
    func table(at offset: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        for block in 0..<blocks { bytes.append(big: offset + (tableClusters + block) * clusterSize) }
        bytes.append(zeros: Int(tableClusters * clusterSize) - bytes.count)
        return bytes
    }

    func block(_ number: UInt64) -> [UInt8] {
        let perBlock = clusterSize / 2
        let used = Int(min(clusters - min(number * perBlock, clusters), perBlock))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(clusterSize))
        for _ in 0..<used { bytes.append(big: UInt16(1)) }
        bytes.append(zeros: Int(clusterSize) - bytes.count)
        return bytes
    }
}
