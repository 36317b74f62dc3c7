internal import Bytes
internal import FileTree

/// One way through all directories of an image, bounded by the image's size.
struct ImageWalk {
    /// A directory on the way.
    private struct Level {
        let names: [DirectoryName]
        var next = 0
        /// Bytes of its path.
        let pathLength: Int
    }

    private let reader: EROFSReader
    private var xattrs: XattrParser
    private var levels: [Level] = []
    private var path: [UInt8] = []
    /// Directories met.
    private var visited: Set<UInt64> = []
    /// Bytes of one directory, which is read whole: room for a million of the longest names.
    private static let directoryLimit: UInt64 = 512 << 20
    /// Bytes of the directories read so far. They do not overlap, so an honest image has as many.
    private var directoryBytes: UInt64 = 0

    init(reader: EROFSReader) {
        self.reader = reader
        xattrs = XattrParser(reader)
    }

    mutating func run(_ body: (FoundFile, EROFSReader.File) throws(EROFSError) -> Void) throws(EROFSError) {
        let root = try reader.node(UInt64(reader.superblock.rootNID))
        guard FileType(mode: root.inode.mode) == .directory else {
            throw .corrupt(what: "the root", offset: root.offset, reason: "not a directory")
        }
        try visit(root, body)
        while let level = levels.last {
            guard level.next < level.names.count else {
                levels.removeLast()
                continue
            }
            levels[levels.count - 1].next += 1
            try enter(level.names[level.next], below: level, body)
        }
    }

    private mutating func enter(
        _ name: DirectoryName, below level: Level,
        _ body: (FoundFile, EROFSReader.File) throws(EROFSError) -> Void
    ) throws(EROFSError) {
        path.removeSubrange(level.pathLength...)
        if !path.isEmpty { path.append(0x2F) }
        path.append(contentsOf: name.name.bytes)
        let node = try reader.node(name.number)
        if path.count > EROFSReader.pathLimit {
            throw .limitExceeded(what: "a path", limit: UInt64(EROFSReader.pathLimit), offset: node.offset)
        }
        if name.typeCode != 0, FileType(mode: node.inode.mode)?.directoryCode != name.typeCode {
            throw .corrupt(what: "an inode", offset: node.offset, reason: "its directory says another type")
        }
        try visit(node, body)
    }

    private mutating func visit(
        _ node: Node, _ body: (FoundFile, EROFSReader.File) throws(EROFSError) -> Void
    ) throws(EROFSError) {
        let kind = try reader.kind(of: node)
        let inode = node.inode
        let metadata = FileMetadata(
            permissions: inode.mode & 0o7777, uid: inode.uid, gid: inode.gid, modified: inode.modified,
            xattrs: try xattrs.attributes(of: node))
        // Where the data are is found out now, so that a damaged image is seen before its contents are read.
        if kind == .regular, !inode.isCompressed { _ = try reader.source(of: node) }
        let file = FoundFile(
            path: ByteString(path), kind: kind, metadata: metadata, size: kind == .regular ? inode.size : 0,
            fileNumber: node.number)
        try body(file, EROFSReader.File(node: node))
        if kind == .directory { try open(node) }
    }

    private mutating func open(_ node: Node) throws(EROFSError) {
        guard visited.insert(node.number).inserted else {
            throw .corrupt(
                what: "a directory", offset: node.offset, reason: "it has a second name, perhaps a loop")
        }
        let (total, overflow) = directoryBytes.addingReportingOverflow(node.inode.size)
        directoryBytes = total
        guard !overflow, total <= reader.image.count else {
            throw .corrupt(
                what: "a directory", offset: node.offset, reason: "all directories together exceed the image")
        }
        guard node.inode.size <= Self.directoryLimit else {
            throw .limitExceeded(what: "a directory", limit: Self.directoryLimit, offset: node.offset)
        }
        let parser = DirectoryParser(
            bytes: try reader.data(of: node), blockSize: Int(reader.superblock.blockSize), offset: node.offset
        )
        levels.append(Level(names: try parser.names(), pathLength: path.count))
    }
}

extension Inode {
    fileprivate var isCompressed: Bool { layout == .compressedFull || layout == .compressedCompact }
}
