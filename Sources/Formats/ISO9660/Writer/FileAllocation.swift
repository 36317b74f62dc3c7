internal import Digests
internal import FileTree

/// Gives sectors to the contents of files, equal contents the same ones.
struct FileAllocation {
    /// The first sector of each node's contents; 0 for those that have none.
    private(set) var sectors: [UInt64] = []
    /// What is stored, in the order of the image: nodes.
    private(set) var stored: [Int] = []
    /// The sector after all that is stored.
    private(set) var end: UInt64 = 0

    /// Nothing.
    init() {}

    /// Contents are stored from the sector `start` on, in the order of the tree's nodes, except those of `elsewhere`.
    /// None may have 2^32 sectors or more.
    init(_ tree: FileTree, from start: UInt64, elsewhere: Set<Int>) {
        sectors = [UInt64](repeating: 0, count: tree.nodes.count)
        end = start
        var places: [SHA256Digest: UInt64] = [:]
        for (index, node) in tree.nodes.enumerated()
        where node.kind == .regular && node.contents.count > 0 && !elsewhere.contains(index) {
            let digest = node.contents.contentDigest
            if let place = places[digest] {
                sectors[index] = place
                continue
            }
            places[digest] = end
            sectors[index] = end
            stored.append(index)
            // Fewer than 2^31 nodes of fewer than 2^32 sectors each.
            end += Sector.count(node.contents.count)
        }
    }

    mutating func place(_ node: Int, at sector: UInt64) { sectors[node] = sector }
}
