internal import Bytes
internal import FileTree

/// Where everything of a tree lies: inodes with what stands behind them, shared attributes, then blocks.
struct ImagePlan {
    static let blockSize = 4096
    static let slotsPerBlock = blockSize / Inode.slotSize

    let index: TreeIndex
    let xattrs: XattrTable
    private let buildTime: Timestamp
    /// By node, complete but for directories' and files' first blocks until `assignBlocks`.
    private(set) var inodes: [Inode] = []
    /// By node: where its inode is, in steps of 32 bytes.
    private(set) var numbers: [UInt64] = []
    /// By node, of directories only.
    private(set) var directories: [Int: DirectoryBlocks] = [:]
    private(set) var groups = ContentGroups()
    /// By node: its contents among the groups; -1 for what has none.
    private var groupOf: [Int] = []
    /// Where the shared attributes start, in bytes.
    private(set) var sharedStart = 0
    /// Blocks of inodes and shared attributes.
    private(set) var metadataBlocks: UInt64 = 0
    /// Blocks of the image.
    private(set) var blocks: UInt64 = 0

    init(_ tree: FileTree, buildTime: Timestamp) throws(EROFSError) {
        let index = TreeIndex(tree)
        self.index = index
        self.buildTime = buildTime
        xattrs = try XattrTable(tree) { index.path(of: $0) }
        inodes.reserveCapacity(tree.nodes.count)
        for (node, file) in tree.nodes.enumerated() { try add(file, node) }
        for node in inodes.indices { chooseLayout(node) }
        pack()
        try assignBlocks()
    }

    private var tree: FileTree { index.tree }

    private mutating func add(_ file: FileNode, _ node: Int) throws(EROFSError) {
        let metadata = file.metadata
        var inode = Inode(modified: metadata.modified)
        inode.mode = FileType(file.kind).rawValue | metadata.permissions & 0o7777
        inode.links = index.links[node]
        inode.uid = metadata.uid
        inode.gid = metadata.gid
        inode.number = UInt32(truncatingIfNeeded: node + 1)
        switch file.kind {
        case .regular: inode.size = file.contents.count
        case .directory:
            let directory = index.directory(node, blockSize: Self.blockSize)
            inode.size = directory.byteCount
            directories[node] = directory
        case .symbolicLink(let target): inode.size = UInt64(target.count)
        case .characterDevice(let major, let minor), .blockDevice(let major, let minor):
            guard let number = DeviceNumber.encode(major: major, minor: minor) else {
                throw .deviceOutOfRange(path: index.path(of: node))
            }
            inode.start = number
        case .fifo, .socket: break
        }
        inode.isExtended = !Inode.fitsCompact(
            metadata, links: inode.links, size: inode.size, buildTime: buildTime)
        inode.xattrCount = XattrBody.count(ofSize: xattrs.bodies[node]?.byteCount ?? 0)
        let hasGroup = file.kind == .regular && inode.size > 0
        groupOf.append(hasGroup ? groups.add(file.contents, inodeSize: inode.sizeWithXattrs) : -1)
        inodes.append(inode)
    }

    private mutating func chooseLayout(_ node: Int) {
        let inode = inodes[node]
        let isInline: Bool
        if groupOf[node] >= 0 {
            isInline = groups.groups[groupOf[node]].isInline(blockSize: Self.blockSize)
        } else {
            let tail = inode.tailSize
            isInline = tail > 0 && inode.sizeWithXattrs + tail <= Self.blockSize
        }
        inodes[node].layout = isInline ? .flatInline : .flatPlain
    }

    private mutating func pack() {
        let reserved = EROFSSuperblock.offset + EROFSSuperblock.size
        var packer = InodePacker(slotsPerBlock: Self.slotsPerBlock, reserved: reserved / Inode.slotSize)
        numbers.reserveCapacity(inodes.count)
        for (node, inode) in inodes.enumerated() {
            let tail = inode.layout == .flatInline ? inode.tailSize : 0
            let slots = (inode.sizeWithXattrs + tail + Inode.slotSize - 1) / Inode.slotSize
            // What a file holds is not read before it is written.
            let isLiteral = tail == 0 || groupOf[node] < 0
            numbers.append(packer.place(slots: UInt64(slots), isLiteral: isLiteral))
        }
        sharedStart = Int(packer.end) * Inode.slotSize
        let shared = xattrs.shared.reduce(0) { $0 + $1.byteCount }
        metadataBlocks = max(
            packer.blocks,
            UInt64(sharedStart + shared).aligned(to: UInt64(Self.blockSize)) / UInt64(Self.blockSize))
    }

    /// Directories and long symbolic links come first, then files' contents, each once.
    private mutating func assignBlocks() throws(EROFSError) {
        blocks = metadataBlocks
        for node in inodes.indices where groupOf[node] < 0 {
            let count = inodes[node].blockCount
            if count > 0 { inodes[node].start = try take(count, for: node) }
        }
        for node in inodes.indices where groupOf[node] >= 0 {
            let group = groupOf[node]
            let count = inodes[node].blockCount
            if count > 0, groups.groups[group].start == Inode.noBlock {
                groups.setStart(try take(count, for: node), of: group)
            }
            inodes[node].start = groups.groups[group].start
        }
        guard blocks <= UInt64(UInt32.max) else { throw .imageTooLarge(path: "") }
    }

    private mutating func take(_ count: UInt64, for node: Int) throws(EROFSError) -> UInt32 {
        let (end, overflow) = blocks.addingReportingOverflow(count)
        guard !overflow, end <= UInt64(UInt32.max) else { throw .imageTooLarge(path: index.path(of: node)) }
        defer { blocks = end }
        return UInt32(truncatingIfNeeded: blocks)
    }

    /// The contents of a regular file that is not empty.
    func contents(of node: Int) -> FileContents? {
        groupOf[node] < 0 ? nil : tree.nodes[node].contents
    }
}

extension Inode {
    /// Bytes of the inode and its attributes.
    var sizeWithXattrs: Int { byteCount + XattrBody.size(ofCount: xattrCount) }

    /// Bytes after the last whole block.
    fileprivate var tailSize: Int { Int(size % UInt64(ImagePlan.blockSize)) }

    /// Blocks of the data that are not behind the inode.
    fileprivate var blockCount: UInt64 {
        let whole = size / UInt64(ImagePlan.blockSize)
        return layout == .flatPlain && tailSize > 0 ? whole + 1 : whole
    }
}
