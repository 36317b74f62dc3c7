internal import Bytes
internal import FileTree

/// What is asked of a tree node by node: its names, its links, what is in a directory.
struct TreeIndex {
    let tree: FileTree
    /// The node of each entry.
    private(set) var nodes: [Int] = []
    /// The first entry of each node.
    private(set) var firstEntry: [Int]
    /// `st_nlink` of each node: names, and of a directory two and one for each directory in it.
    private(set) var links: [UInt32]

    init(_ tree: FileTree) {
        self.tree = tree
        nodes.reserveCapacity(tree.count)
        firstEntry = [Int](repeating: 0, count: tree.nodes.count)
        links = [UInt32](repeating: 0, count: tree.nodes.count)
        for entry in tree {
            let node = entry.nodeIndex
            nodes.append(node)
            links[node] += 1
            if entry.isFirstName { firstEntry[node] = entry.index }
            guard entry.node.kind == .directory else { continue }
            links[node] += 1
            if let parent = tree.parent(of: entry.index) { links[nodes[parent]] += 1 }
        }
    }

    func path(of node: Int) -> ByteString { tree.path(of: firstEntry[node]) }

    func directory(_ node: Int, blockSize: Int) -> DirectoryBlocks {
        let entry = firstEntry[node]
        let names = tree.children(of: entry).map {
            DirectoryBlocks.Entry(name: tree.name(of: $0), node: nodes[$0])
        }
        let parent = tree.parent(of: entry).map { nodes[$0] } ?? node
        return DirectoryBlocks(names, own: node, parent: parent, blockSize: blockSize)
    }
}
