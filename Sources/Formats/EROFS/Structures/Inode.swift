internal import Bytes
internal import FileTree

/// `struct erofs_inode_compact` (32 bytes) or `struct erofs_inode_extended` (64 bytes), at a multiple of 32 bytes.
/// Extended attributes follow, then what `layout` puts there.
struct Inode: Hashable, Sendable {
    /// Node numbers count in these, and inodes start at them.
    static let slotSize = 32
    static let compactSize = 32
    static let extendedSize = 64
    /// The block number for a missing block.
    static let noBlock: UInt32 = .max

    /// `i_format`, bits 1 to 3: where the data are.
    enum DataLayout: UInt16 {
        /// In blocks, one after the other.
        case flatPlain = 0
        case compressedFull = 1
        /// Whole blocks like `flatPlain`, the rest behind the inode and its attributes, in one block with their end.
        case flatInline = 2
        case compressedCompact = 3
        /// In chunks, whose addresses follow the inode.
        case chunkBased = 4
    }

    var isExtended = false
    var layout = DataLayout.flatPlain
    /// `i_xattr_icount`: see `XattrBody.count(ofSize:)`.
    var xattrCount: UInt16 = 0
    /// `st_mode`.
    var mode: UInt16 = 0
    var links: UInt32 = 1
    /// Bytes.
    var size: UInt64 = 0
    /// `i_u`: the first block, a device's number, or the chunks' format.
    var start: UInt32 = noBlock
    /// `i_ino`: what 32-bit programs see as the file's number.
    var number: UInt32 = 0
    var uid: UInt32 = 0
    var gid: UInt32 = 0
    /// Only in extended inodes; of others, the superblock's build time.
    var modified: Timestamp

    /// Bytes of the inode itself.
    var byteCount: Int { isExtended ? Self.extendedSize : Self.compactSize }

    /// True if a compact inode holds all of this in a file system built at `buildTime`.
    static func fitsCompact(_ metadata: FileMetadata, links: UInt32, size: UInt64, buildTime: Timestamp)
        -> Bool
    {
        metadata.uid <= UInt32(UInt16.max) && metadata.gid <= UInt32(UInt16.max)
            && links <= UInt32(UInt16.max) && size <= UInt64(UInt32.max) && metadata.modified == buildTime
    }

    func append(to bytes: inout [UInt8]) {
        bytes.append(little: layout.rawValue << 1 | (isExtended ? 1 : 0))
        bytes.append(little: xattrCount)
        bytes.append(little: mode)
        if isExtended {
            bytes.append(little: UInt16(0))
            bytes.append(little: size)
            bytes.append(little: start)
            bytes.append(little: number)
            bytes.append(little: uid)
            bytes.append(little: gid)
            bytes.append(little: modified.seconds)
            bytes.append(little: modified.nanoseconds)
            bytes.append(little: links)
            bytes.append(zeros: 16)
        } else {
            bytes.append(little: UInt16(truncatingIfNeeded: links))
            bytes.append(little: UInt32(truncatingIfNeeded: size))
            bytes.append(little: UInt32(0))
            bytes.append(little: start)
            bytes.append(little: number)
            bytes.append(little: UInt16(truncatingIfNeeded: uid))
            bytes.append(little: UInt16(truncatingIfNeeded: gid))
            bytes.append(little: UInt32(0))
        }
    }

    /// The inode in the first 32 or 64 bytes of `bytes`, which were read at `offset`.
    init(parsing bytes: [UInt8], at offset: UInt64, buildTime: Timestamp) throws(EROFSError) {
        var fields = FieldReader(bytes)
        let format: UInt16 = fields.next()
        isExtended = format & 1 == 1
        guard format >> 4 == 0, let layout = DataLayout(rawValue: format >> 1 & 7) else {
            throw .unsupported(feature: "inode format 0x" + String(format, radix: 16), offset: offset)
        }
        self.layout = layout
        modified = buildTime
        let end = offset + UInt64(byteCount)
        if bytes.count < byteCount {
            throw .truncated(what: "an inode", end: end, size: offset + UInt64(bytes.count))
        }
        xattrCount = fields.next()
        mode = fields.next()
        if isExtended { parseExtended(&fields) } else { parseCompact(&fields) }
        guard modified.nanoseconds < 1_000_000_000 else {
            throw .corrupt(
                what: "an inode", offset: offset, reason: "a time with a second or more in nanoseconds")
        }
    }

    private mutating func parseExtended(_ fields: inout FieldReader) {
        fields.skip(2)
        size = fields.next()
        start = fields.next()
        number = fields.next()
        uid = fields.next()
        gid = fields.next()
        modified = Timestamp(seconds: fields.next(), nanoseconds: fields.next())
        links = fields.next()
    }

    private mutating func parseCompact(_ fields: inout FieldReader) {
        links = UInt32(fields.next(UInt16.self))
        size = UInt64(fields.next(UInt32.self))
        fields.skip(4)
        start = fields.next()
        number = fields.next()
        uid = UInt32(fields.next(UInt16.self))
        gid = UInt32(fields.next(UInt16.self))
    }

    init(modified: Timestamp) { self.modified = modified }
}
