internal import Bytes
internal import FileTree

/// Which clusters the files of a volume have: each an unbroken run, directories first, in the order of the tree.
struct FATAllocation {
    /// The first cluster of each node; 0 for those without any.
    private(set) var first: [UInt32]
    /// How many clusters each node has.
    private(set) var count: [UInt32]
    /// Nodes with clusters, in the order of the disk.
    private(set) var order: [Int] = []
    /// The clusters up to the last one in use.
    var clusterCount: UInt64 { next - 2 }
    /// The clusters in use.
    private(set) var used: UInt64 = 0
    private var next: UInt64 = 2

    init(_ tree: FATTree, _ form: FATGeometry.Form) {
        first = [UInt32](repeating: 0, count: tree.nodes.count)
        count = first
        for directory in tree.directories {
            // The root of FAT12 and FAT16 is in no cluster; elsewhere a directory has one at least.
            if directory == FATTree.root, form.type != .fat32 { continue }
            let size = max(UInt64(tree.entryCount(of: directory) * DirectoryEntry.size), 1)
            add(directory, size: size, form)
        }
        // Clusters below the alignment stay free, where there are such.
        let step = max(form.alignment / form.clusterSize, 1)
        for file in tree.files where tree.nodes[file].contents.count > 0 {
            next = (next - 2).aligned(to: step) + 2
            add(file, size: tree.nodes[file].contents.count, form)
        }
    }

    private mutating func add(_ node: Int, size: UInt64, _ form: FATGeometry.Form) {
        let clusters = size.aligned(to: form.clusterSize) / form.clusterSize
        // What does not fit 32 bits is refused for the count of clusters.
        first[node] = UInt32(truncatingIfNeeded: next)
        count[node] = UInt32(truncatingIfNeeded: clusters)
        order.append(node)
        next += clusters
        used += clusters
    }
}
