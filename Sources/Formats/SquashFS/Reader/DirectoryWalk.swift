internal import Bytes
internal import FileTree

/// Goes through all names of an image, parents first.
struct DirectoryWalk {
    private let image: ImageAccess
    private let ids: [UInt32]
    private let inodeTableSize: UInt64
    private let directoryTableSize: UInt64
    private var xattrs: XattrReader
    /// The directories on the way to where we are, and how much of the path is theirs.
    private var stack: [(entries: DirectoryEntries, pathLength: Int)] = []
    private var path: [UInt8] = []
    private var isAtRoot = true
    private var visited: Set<InodeReference> = []
    /// Bytes of listings that may still come.
    private var allowance: UInt64

    init(
        _ image: ImageAccess, ids: [UInt32], inodeTableSize: UInt64, directoryTableSize: UInt64
    ) throws(SquashFSError) {
        self.image = image
        self.ids = ids
        self.inodeTableSize = inodeTableSize
        self.directoryTableSize = directoryTableSize
        allowance = directoryTableSize
        xattrs = try XattrReader(image)
    }

    /// The next file; nil at the end.
    mutating func next() throws(SquashFSError) -> (FoundFile, SquashFSReader.Handle)? {
        if isAtRoot {
            isAtRoot = false
            return try visit(image.superblock.rootInode, nil)
        }
        while let top = stack.indices.last {
            path.removeSubrange(stack[top].pathLength...)
            guard let entry = try stack[top].entries.next() else {
                stack.removeLast()
                continue
            }
            if !path.isEmpty { path.append(0x2F) }
            path += entry.name.bytes
            guard path.count <= SquashFSReader.longestPath else {
                throw .limitExceeded(what: "bytes of a path", limit: UInt64(SquashFSReader.longestPath))
            }
            return try visit(entry.reference, entry)
        }
        return nil
    }

    private mutating func visit(
        _ reference: InodeReference, _ entry: DirectoryEntry?
    ) throws(SquashFSError) -> (FoundFile, SquashFSReader.Handle) {
        let superblock = image.superblock
        let found = try Inode.read(
            MetadataCursor(
                image, reference, tableStart: superblock.inodeTableStart,
                tableEnd: superblock.directoryTableStart, "inode table"))
        let inode = found.inode
        if let entry, entry.type != inode.type || entry.number != inode.number {
            throw found.blocks.invalid("\(ByteString(path)) is said to be of another type or number")
        }
        var file = FileBody()
        switch inode.body {
        case .directory(let directory): try enter(directory, reference)
        case .regular(let body):
            // Each block has a word of four bytes in the inode table.
            guard body.blockCount(superblock.blockSize) <= inodeTableSize / 4 else {
                throw found.blocks.invalid("\(ByteString(path)) has more blocks than there is room for")
            }
            file = body
        case .symbolicLink, .blockDevice, .characterDevice, .fifo, .socket:
            break
        }
        if stack.isEmpty { throw found.blocks.invalid("the root is not a directory") }
        let metadata = FileMetadata(
            permissions: inode.permissions, uid: try id(inode.uid), gid: try id(inode.gid),
            modified: Timestamp(seconds: Int64(inode.modified)), xattrs: try xattrs.attributes(inode.xattr))
        let result = FoundFile(
            path: ByteString(path), kind: inode.kind, metadata: metadata, size: file.size,
            fileNumber: reference.packed)
        return (result, SquashFSReader.Handle(body: file, words: found.blocks))
    }

    private mutating func enter(
        _ directory: DirectoryBody, _ reference: InodeReference
    ) throws(SquashFSError) {
        guard visited.insert(reference).inserted else { throw .repeatedDirectory(path: ByteString(path)) }
        let superblock = image.superblock
        // Some writers count an empty listing as 0 instead of 3.
        let size = directory.size < DirectoryBody.emptySize ? 0 : directory.size - DirectoryBody.emptySize
        guard UInt64(size) <= allowance else {
            throw .limitExceeded(what: "bytes of directories", limit: directoryTableSize)
        }
        allowance -= UInt64(size)
        // That of an empty directory may lead to the table's end.
        let start = size == 0 ? InodeReference(block: 0, offset: 0) : directory.start
        let end = size == 0 ? UInt64.max : superblock.directoryTableEnd
        let cursor = try MetadataCursor(
            image, start, tableStart: superblock.directoryTableStart, tableEnd: end, "directory table")
        stack.append((DirectoryEntries(cursor, size: Int(size)), path.count))
    }

    private func id(_ place: UInt16) throws(SquashFSError) -> UInt32 {
        guard place < ids.count else {
            throw .invalid(
                what: "id table", offset: image.superblock.idTableStart,
                reason: "index \(place) is out of range, \(ids.count) entries")
        }
        return ids[Int(place)]
    }
}
