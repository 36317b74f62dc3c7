internal import Bytes
internal import FileTree

/// An inode, and where it is.
struct Node: Sendable {
    let number: UInt64
    /// Bytes from the start of the image.
    let offset: UInt64
    let inode: Inode

    /// Where the attributes end, and what follows them begins.
    var end: UInt64 { offset + UInt64(inode.sizeWithXattrs) }
}

extension EROFSReader {
    /// The inode with number `number`.
    func node(_ number: UInt64) throws(EROFSError) -> Node {
        let (start, tooLarge) = number.multipliedReportingOverflow(by: UInt64(Inode.slotSize))
        let base = UInt64(superblock.metadataBlock) * superblock.blockSize
        let (offset, overflow) = base.addingReportingOverflow(start)
        guard !tooLarge, !overflow, offset < image.count, image.count - offset >= UInt64(Inode.compactSize)
        else {
            let end = overflow || tooLarge ? .max : offset
            throw .truncated(what: "inode \(number)", end: end, size: image.count)
        }
        let length = Int(min(image.count - offset, UInt64(Inode.extendedSize)))
        let bytes = try image.bytes(offset, length, of: "inode \(number)")
        let inode = try Inode(parsing: bytes, at: offset, buildTime: superblock.buildTime)
        let node = Node(number: number, offset: offset, inode: inode)
        guard node.end <= image.count else {
            throw .truncated(what: "inode \(number)", end: node.end, size: image.count)
        }
        return node
    }

    /// What the node is; targets of symbolic links are read.
    func kind(of node: Node) throws(EROFSError) -> FileKind {
        let device = DeviceNumber.decode(node.inode.start)
        switch FileType(mode: node.inode.mode) {
        case .regular: return .regular
        case .directory: return .directory
        case .characterDevice: return .characterDevice(major: device.major, minor: device.minor)
        case .blockDevice: return .blockDevice(major: device.major, minor: device.minor)
        case .fifo: return .fifo
        case .socket: return .socket
        case .symbolicLink:
            guard node.inode.size <= 4095 else {
                throw .corrupt(
                    what: "a symbolic link", offset: node.offset,
                    reason: "a target of \(node.inode.size) bytes")
            }
            let target = try data(of: node)
            guard !target.isEmpty, !target.contains(0) else {
                throw .corrupt(
                    what: "a symbolic link", offset: node.offset, reason: "an empty target or a NUL in it")
            }
            return .symbolicLink(ByteString(target))
        case nil:
            let mode = String(node.inode.mode, radix: 8)
            throw .corrupt(
                what: "an inode", offset: node.offset, reason: "mode 0\(mode) is not a known file type")
        }
    }

    /// All data of a directory or symbolic link, whose size has been found bearable.
    func data(of node: Node) throws(EROFSError) -> [UInt8] {
        var source = try source(of: node)
        var bytes = [UInt8](repeating: 0, count: Int(node.inode.size))
        var failure: StreamError?
        bytes.withUnsafeMutableBytes { buffer in
            do throws(StreamError) {
                _ = try source.readExactly(into: buffer, of: "data", at: node.offset)
            } catch {
                failure = error
            }
        }
        if let failure { throw .stream(failure) }
        return bytes
    }

    /// The data of a node, checked to lie inside the image.
    func source(of node: Node) throws(EROFSError) -> any ByteSource {
        let inode = node.inode
        let start = UInt64(inode.start) * superblock.blockSize
        switch inode.layout {
        case .flatPlain:
            try check(start, inode.size, of: node)
            return FlatSource(image, [FlatSource.Piece(offset: start, length: inode.size)])
        case .flatInline:
            let tail = inode.size % superblock.blockSize
            let whole = inode.size - tail
            try check(start, whole, of: node)
            try check(node.end, tail, of: node)
            guard node.end % superblock.blockSize + tail <= superblock.blockSize else {
                throw .corrupt(what: "an inode", offset: node.offset, reason: "inline data beyond its block")
            }
            return FlatSource(
                image,
                [
                    FlatSource.Piece(offset: start, length: whole),
                    FlatSource.Piece(offset: node.end, length: tail),
                ])
        case .chunkBased:
            let table = try ChunkTable(node, of: self)
            return ChunkSource(table, size: inode.size)
        case .compressedFull, .compressedCompact:
            throw .unsupported(feature: "compressed data", offset: node.offset)
        }
    }

    private func check(_ start: UInt64, _ length: UInt64, of node: Node) throws(EROFSError) {
        guard length > 0 else { return }
        let (end, overflow) = start.addingReportingOverflow(length)
        guard !overflow, end <= image.count else {
            throw .truncated(what: "the data of inode \(node.number)", end: end, size: image.count)
        }
    }
}
