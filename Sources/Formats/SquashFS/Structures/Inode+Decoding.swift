internal import Bytes
internal import FileTree

/// An inode as it was read, and of a file where the words of its blocks follow.
struct FoundInode {
    var inode: Inode
    var blocks: MetadataCursor
}

extension Inode {
    private static let headerSize = 16
    /// As much as Linux takes, whose page that is.
    private static let longestTarget = 4096

    /// Reads the inode at the cursor. The words of a file's blocks and the index of a directory are left.
    static func read(_ cursor: consuming MetadataCursor) throws(SquashFSError) -> FoundInode {
        let header = try cursor.record(headerSize)
        let number = header.u16(0)
        let isExtended = number > InodeType.extended
        guard let type = InodeType(rawValue: isExtended ? number - InodeType.extended : number) else {
            throw cursor.invalid("an inode of the type \(number)")
        }
        var inode = Inode(
            permissions: header.u16(2) & 0o7777, uid: header.u16(4), gid: header.u16(6),
            modified: header.u32(8), number: header.u32(12), body: .fifo)
        switch type {
        case .directory: try inode.readDirectory(&cursor, isExtended)
        case .regular: try inode.readFile(&cursor, isExtended)
        case .symbolicLink:
            let record = try cursor.record(8)
            let size = Int(record.u32(4))
            guard size > 0, size <= longestTarget else {
                throw cursor.invalid("a symbolic link of \(size) bytes")
            }
            inode.linkCount = record.u32(0)
            inode.body = .symbolicLink(ByteString(try cursor.read(size)))
        case .blockDevice, .characterDevice:
            let record = try cursor.record(8)
            inode.linkCount = record.u32(0)
            let number = DeviceNumber(rawValue: record.u32(4))
            inode.body = type == .blockDevice ? .blockDevice(number) : .characterDevice(number)
        case .fifo, .socket:
            inode.linkCount = try cursor.record(4).u32(0)
            inode.body = type == .fifo ? .fifo : .socket
        }
        if isExtended, type != .directory, type != .regular { inode.xattr = try cursor.record(4).u32(0) }
        return FoundInode(inode: inode, blocks: cursor)
    }

    private mutating func readDirectory(
        _ cursor: inout MetadataCursor, _ isExtended: Bool
    ) throws(SquashFSError) {
        var directory = DirectoryBody()
        if isExtended {
            let record = try cursor.record(24)
            linkCount = record.u32(0)
            directory.size = record.u32(4)
            directory.start = InodeReference(block: record.u32(8), offset: record.u16(18))
            directory.parent = record.u32(12)
            xattr = record.u32(20)
        } else {
            let record = try cursor.record(16)
            directory.start = InodeReference(block: record.u32(0), offset: record.u16(10))
            linkCount = record.u32(4)
            directory.size = UInt32(record.u16(8))
            directory.parent = record.u32(12)
        }
        body = .directory(directory)
    }

    private mutating func readFile(
        _ cursor: inout MetadataCursor, _ isExtended: Bool
    ) throws(SquashFSError) {
        var file = FileBody()
        if isExtended {
            let record = try cursor.record(40)
            file.data.start = record.u64(0)
            file.size = record.u64(8)
            file.data.sparse = record.u64(16)
            linkCount = record.u32(24)
            file.data.fragment = record.u32(28)
            file.data.fragmentOffset = record.u32(32)
            xattr = record.u32(36)
        } else {
            let record = try cursor.record(16)
            file.data.start = UInt64(record.u32(0))
            file.data.fragment = record.u32(4)
            file.data.fragmentOffset = record.u32(8)
            file.size = UInt64(record.u32(12))
        }
        body = .regular(file)
    }

    /// The kind in a tree's terms.
    var kind: FileKind {
        switch body {
        case .directory: .directory
        case .regular: .regular
        case .symbolicLink(let target): .symbolicLink(target)
        case .blockDevice(let number): .blockDevice(major: number.major, minor: number.minor)
        case .characterDevice(let number): .characterDevice(major: number.major, minor: number.minor)
        case .fifo: .fifo
        case .socket: .socket
        }
    }
}
