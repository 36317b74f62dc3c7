internal import Bytes
internal import FileTree

/// What inodes say that depends on the whole tree, found before anything is written.
struct TreePlan {
    /// The node of each entry.
    private(set) var nodes: [Int32] = []
    /// Directories, those in others before these.
    private(set) var directories: [Int] = []
    private(set) var ids = IDTable()
    private(set) var xattrs = XattrTable()

    // By node.

    /// Inode numbers, from 1: those in a directory one after the other.
    private(set) var numbers: [UInt32]
    private(set) var linkCounts: [UInt32]
    private(set) var xattrIDs: [UInt32]

    init(_ tree: FileTree) throws(SquashFSError) {
        numbers = [UInt32](repeating: 0, count: tree.nodes.count)
        linkCounts = numbers
        xattrIDs = [UInt32](repeating: Inode.noXattr, count: tree.nodes.count)
        nodes.reserveCapacity(tree.count)
        for entry in tree {
            nodes.append(Int32(truncatingIfNeeded: entry.nodeIndex))
            if entry.node.kind == .directory { directories.append(entry.index) }
            if entry.isFirstName { try add(entry) }
        }
        // A directory comes before all that is in it, so this is the other way round.
        directories.reverse()
        number(tree)
    }

    private mutating func add(_ entry: FileTree.Entry) throws(SquashFSError) {
        let metadata = entry.node.metadata
        guard ids.add(metadata.uid), ids.add(metadata.gid) else { throw .tooManyIDs(path: entry.path) }
        xattrIDs[entry.nodeIndex] = try xattrs.add(metadata.xattrs, path: entry.path)
        switch entry.node.kind {
        case .blockDevice(let major, let minor), .characterDevice(let major, let minor):
            guard DeviceNumber(major: major, minor: minor) != nil else {
                throw .deviceOutOfRange(path: entry.path)
            }
        case .regular, .directory, .symbolicLink, .fifo, .socket: break
        }
        linkCounts[entry.nodeIndex] = UInt32(truncatingIfNeeded: entry.linkCount)
    }

    /// Numbers inodes in the order in which they will be written, and counts the links of directories.
    private mutating func number(_ tree: FileTree) {
        var last: UInt32 = 0
        for directory in directories {
            // Its name and its own `.`, then the `..` of each directory in it.
            var links: UInt32 = 2
            for child in tree.children(of: directory) {
                let node = Int(nodes[child])
                if case .directory = tree.nodes[node].kind { links += 1 }
                if numbers[node] != 0 { continue }
                last += 1
                numbers[node] = last
            }
            linkCounts[Int(nodes[directory])] = links
        }
        numbers[Int(nodes[FileTree.root])] = last + 1
    }
}
