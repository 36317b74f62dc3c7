internal import Bytes

/// The addresses of a file's chunks (`struct erofs_inode_chunk_info`, `struct erofs_inode_chunk_index`), which
/// follow its inode: 4 bytes each, a block, or 8 bytes, a device and a block.
struct ChunkTable {
    /// `EROFS_CHUNK_FORMAT_BLKBITS_MASK`
    private static let bitsMask: UInt32 = 0x1F
    /// `EROFS_CHUNK_FORMAT_INDEXES`
    private static let hasIndexes: UInt32 = 0x20

    let image: any RandomAccessBytes
    let chunkSize: UInt64
    private let blockSize: UInt64
    private let start: UInt64
    private let entrySize: UInt64

    init(_ node: Node, of reader: EROFSReader) throws(EROFSError) {
        image = reader.image
        let format = node.inode.start
        guard format & ~(Self.bitsMask | Self.hasIndexes) == 0 else {
            throw .unsupported(feature: "chunk format 0x" + String(format, radix: 16), offset: node.offset)
        }
        let bits = UInt64(reader.superblock.blockBits) + UInt64(format & Self.bitsMask)
        chunkSize = 1 << bits
        blockSize = reader.superblock.blockSize
        entrySize = format & Self.hasIndexes != 0 ? 8 : 4
        start = node.end.aligned(to: entrySize)
        let size = node.inode.size
        let count = size / chunkSize + (size % chunkSize > 0 ? 1 : 0)
        guard start <= image.count, count <= (image.count - start) / entrySize else {
            throw .truncated(what: "the chunks of inode \(node.number)", end: .max, size: image.count)
        }
    }

    /// Where the chunk starts in the image; nil for a hole.
    func offset(of chunk: UInt64) throws(StreamError) -> UInt64? {
        let at = start + chunk * entrySize
        let entry = try image.bytes(at: at, length: Int(entrySize), of: "a chunk's address")
        let block: UInt32 = entry.little(at: entrySize == 8 ? 4 : 0) ?? Inode.noBlock
        let device: UInt16 = entrySize == 8 ? entry.little(at: 2) ?? 0 : 0
        guard device == 0 else {
            throw .corrupt(what: "an EROFS image", offset: at, reason: "a chunk on another device")
        }
        return block == Inode.noBlock ? nil : UInt64(block) * blockSize
    }
}

/// The bytes of a file in chunks.
struct ChunkSource: ByteSource {
    private let table: ChunkTable
    private let size: UInt64
    private var position: UInt64 = 0

    init(_ table: ChunkTable, size: UInt64) {
        self.table = table
        self.size = size
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        guard position < size, !buffer.isEmpty else { return 0 }
        let inside = position % table.chunkSize
        let wanted = Int(min(UInt64(buffer.count), size - position, table.chunkSize - inside))
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
        var count = wanted
        if let start = try table.offset(of: position / table.chunkSize) {
            count = try table.image.read(at: start + inside, into: target)
            if count == 0 { throw .unexpectedEnd(of: "an EROFS image", offset: start + inside) }
        } else {
            target.initializeMemory(as: UInt8.self, repeating: 0)
        }
        position += UInt64(count)
        return count
    }
}
