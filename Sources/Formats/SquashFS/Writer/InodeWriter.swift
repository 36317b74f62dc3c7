internal import Bytes
internal import FileTree

/// Makes the inode and the directory table.
///
/// Directories come with those in them before them. For each, the inodes of what is in it are written one after
/// the other, as far as they are not there yet, then its listing; at last the root's inode.
struct InodeWriter {
    private let tree: FileTree
    private let plan: TreePlan
    private let files: [FileData]
    /// The number in `files` of each node's contents; -1 where there are none.
    private let fileOfNode: [Int32]

    private(set) var inodes: MetadataTable
    private(set) var directories: MetadataTable
    /// Where inodes are, by number less 1.
    private(set) var references: [InodeReference]
    /// By node, of directories whose inode is still to be written.
    private var bodies: [Int32: DirectoryBody] = [:]

    init(
        _ tree: FileTree, _ plan: TreePlan, files: [FileData], fileOfNode: [Int32],
        compress: @escaping BlockCompressor.Compress
    ) {
        self.tree = tree
        self.plan = plan
        self.files = files
        self.fileOfNode = fileOfNode
        inodes = MetadataTable("inode table", compress: compress)
        directories = MetadataTable("directory table", compress: compress)
        references = []
        references.reserveCapacity(tree.nodes.count)
    }

    mutating func write() throws(SquashFSError) {
        for directory in plan.directories {
            let parent = plan.numbers[Int(plan.nodes[directory])]
            var listing = DirectoryListing()
            for child in tree.children(of: directory) {
                let node = Int(plan.nodes[child])
                // Numbers are given in this order, so what has a higher one is not there yet.
                if plan.numbers[node] > references.count { try writeInode(node, parent: parent) }
                let number = plan.numbers[node]
                listing.append(
                    DirectoryEntry(
                        name: tree.name(of: child), type: tree.nodes[node].kind.inodeType,
                        reference: references[Int(number) - 1], number: number))
            }
            bodies[plan.nodes[directory]] = try listing.write(
                to: &directories, path: tree.path(of: directory))
        }
        let count = UInt32(truncatingIfNeeded: tree.nodes.count)
        try writeInode(Int(plan.nodes[FileTree.root]), parent: count + 1)
        inodes.finish()
        directories.finish()
    }

    private mutating func writeInode(_ node: Int, parent: UInt32) throws(SquashFSError) {
        references.append(try inodes.reference(to: inodes.count))
        let metadata = tree.nodes[node].metadata
        let inode = Inode(
            permissions: metadata.permissions & 0o7777, uid: plan.ids[metadata.uid],
            gid: plan.ids[metadata.gid], modified: UInt32(clamping: metadata.modified.seconds),
            number: plan.numbers[node], linkCount: plan.linkCounts[node], xattr: plan.xattrIDs[node],
            body: body(node, parent: parent))
        inodes.append(inode.encoded)
    }

    private mutating func body(_ node: Int, parent: UInt32) -> Inode.Body {
        switch tree.nodes[node].kind {
        case .directory:
            var body = bodies.removeValue(forKey: Int32(truncatingIfNeeded: node)) ?? DirectoryBody()
            body.parent = parent
            return .directory(body)
        case .regular:
            let file = Int(fileOfNode[node])
            return .regular(
                FileBody(
                    size: tree.nodes[node].contents.count, data: file < 0 ? FileData() : files[file]))
        case .symbolicLink(let target): return .symbolicLink(target)
        // The plan has found all numbers to fit.
        case .blockDevice(let major, let minor):
            return .blockDevice(DeviceNumber(major: major, minor: minor) ?? DeviceNumber(rawValue: 0))
        case .characterDevice(let major, let minor):
            return .characterDevice(DeviceNumber(major: major, minor: minor) ?? DeviceNumber(rawValue: 0))
        case .fifo: return .fifo
        case .socket: return .socket
        }
    }
}

extension FileKind {
    var inodeType: InodeType {
        switch self {
        case .regular: .regular
        case .directory: .directory
        case .symbolicLink: .symbolicLink
        case .characterDevice: .characterDevice
        case .blockDevice: .blockDevice
        case .fifo: .fifo
        case .socket: .socket
        }
    }
}
