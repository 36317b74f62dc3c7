public import Bytes
public import FileTree

/// Reads a squashfs 4.0 image with zlib, xz, zstd or lz4 blocks, written by any tool.
///
/// To read everything there is in some bytes: `walk` and read `contents(of:)` of every regular file. Images may
/// be hostile: every structure is bounded by the table that it is in, no directory is entered twice, and the
/// listings together are no larger than the directory table, so that a walk takes time in proportion to the
/// tables. A file may rightly be far larger than its image, being sparse or sharing its blocks: code that reads
/// contents has to say where to stop.
public struct SquashFSReader: FileSystemReader {
    /// Where a file's bytes are.
    public struct Handle {
        let body: FileBody
        let words: MetadataCursor
    }

    /// As Linux has them; also what bounds how deep directories are.
    public static let longestPath = 4095

    private let image: ImageAccess
    private let ids: [UInt32]
    private let inodeTableSize: UInt64
    private let directoryTableSize: UInt64

    public init(_ image: any RandomAccessBytes) throws(SquashFSError) {
        self.image = try ImageAccess(image)
        let superblock = self.image.superblock
        ids = try Self.readIDs(self.image)
        inodeTableSize = try Self.decodedSize(
            superblock.inodeTableStart, superblock.directoryTableStart, self.image)
        directoryTableSize = try Self.decodedSize(
            superblock.directoryTableStart, superblock.directoryTableEnd, self.image)
    }

    public var compression: SquashFSCompression? {
        SquashFSCompression(rawValue: image.superblock.compression)
    }
    /// Bytes in a data block.
    public var blockSize: Int { Int(image.superblock.blockSize) }
    /// When the image says that it was made.
    public var created: Timestamp { Timestamp(seconds: Int64(image.superblock.mkfsTime)) }
    /// Bytes of the image without what pads it.
    public var bytesUsed: UInt64 { image.superblock.bytesUsed }
    public var inodeCount: Int { Int(image.superblock.inodes) }
    public var fragmentCount: Int { Int(image.superblock.fragments) }

    public func walk(_ body: (FoundFile, Handle) throws(SquashFSError) -> Void) throws(SquashFSError) {
        var walk = try DirectoryWalk(
            image, ids: ids, inodeTableSize: inodeTableSize, directoryTableSize: directoryTableSize)
        while let (file, handle) = try walk.next() { try body(file, handle) }
    }

    public func contents(of file: Handle) throws(SquashFSError) -> any ByteSource {
        FileSource(image, file.body, words: file.words)
    }

    private static func readIDs(_ image: ImageAccess) throws(SquashFSError) -> [UInt32] {
        var ids: [UInt32] = []
        let count = UInt32(image.superblock.ids)
        for number in 0..<count {
            let record = try LookupTable.record(
                number, of: count, size: 4, at: image.superblock.idTableStart, "id table", in: image)
            ids.append(record.u32(0))
        }
        return ids
    }

    /// The most bytes that the metadata blocks between two places can hold, decoded.
    private static func decodedSize(
        _ start: UInt64, _ end: UInt64, _ image: ImageAccess
    ) throws(SquashFSError) -> UInt64 {
        var position = start
        var blocks: UInt64 = 0
        while position + 2 <= end {
            let header = Record(bytes: try image.read(at: position, 2, "metadata block", before: end)).u16(0)
            position += 2 + UInt64(header & ~MetadataTable.uncompressedBit)
            blocks += 1
        }
        return blocks * UInt64(MetadataTable.blockSize)
    }
}
