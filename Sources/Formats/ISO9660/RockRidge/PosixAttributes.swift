internal import Bytes
internal import FileTree

/// File types of `st_mode` (RRIP 1.12, 4.1.1).
enum FileType {
    static let mask: UInt32 = 0o170000
    static let socket: UInt32 = 0o140000
    static let symbolicLink: UInt32 = 0o120000
    static let regular: UInt32 = 0o100000
    static let blockDevice: UInt32 = 0o060000
    static let directory: UInt32 = 0o040000
    static let characterDevice: UInt32 = 0o020000
    static let fifo: UInt32 = 0o010000

    static func bits(of kind: FileKind) -> UInt32 {
        switch kind {
        case .regular: regular
        case .directory: directory
        case .symbolicLink: symbolicLink
        case .characterDevice: characterDevice
        case .blockDevice: blockDevice
        case .fifo: fifo
        case .socket: socket
        }
    }
}

/// What PX and TF hold of a file.
struct PosixAttributes {
    var mode: UInt32
    var links: UInt32
    var uid: UInt32
    var gid: UInt32
    /// Equal for hard links and for these only.
    var serial: UInt32
    var modified: Timestamp

    /// PX (RRIP 1.12, 4.1.1).
    var entry: SystemUseEntry {
        var data: [UInt8] = []
        data.reserveCapacity(40)
        for field in [mode, links, uid, gid, serial] { data.append(both: field) }
        return SystemUseEntry("PX", data)
    }

    /// TF (RRIP 1.12, 4.1.6) with the time of modification alone, in the short form, which every Linux reads.
    var timeEntry: SystemUseEntry {
        var data: [UInt8] = [RockRidge.timeFlagModify]
        data.append(recordTime: modified)
        return SystemUseEntry("TF", data)
    }
}

/// Attributes of the entries of a tree.
struct PosixAttributesTable {
    private let tree: FileTree
    /// How many directories lie in each directory.
    private var subdirectories: [UInt32]

    init(_ tree: FileTree) {
        self.tree = tree
        subdirectories = [UInt32](repeating: 0, count: tree.count)
        for entry in 1..<max(tree.count, 1) where tree.node(of: entry).kind == .directory {
            subdirectories[tree.parent(of: entry) ?? FileTree.root] += 1
        }
    }

    subscript(entry: Int) -> PosixAttributes {
        let node = tree.node(of: entry)
        let metadata = node.metadata
        let isDirectory = node.kind == .directory
        return PosixAttributes(
            mode: FileType.bits(of: node.kind) | UInt32(metadata.permissions & 0o7777),
            links: isDirectory ? 2 + subdirectories[entry] : UInt32(tree.linkCount(of: entry)),
            uid: metadata.uid, gid: metadata.gid, serial: UInt32(tree.nodeIndex(of: entry)) + 1,
            modified: metadata.modified)
    }

    /// Of the directory that moved directories lie in, which the tree does not have.
    func relocation(stamp: BuildStamp) -> PosixAttributes {
        PosixAttributes(
            mode: FileType.directory | 0o755, links: 2, uid: 0, gid: 0,
            serial: UInt32(tree.nodes.count) + 1, modified: stamp.time)
    }
}
