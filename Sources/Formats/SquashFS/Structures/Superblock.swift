internal import Bytes

/// The first 96 bytes (Linux, fs/squashfs/squashfs_fs.h, `struct squashfs_super_block`), little-endian.
struct Superblock {
    static let magic: UInt32 = 0x7371_7368
    static let size = 96
    /// Where a table is that the image does not have.
    static let absent = UInt64.max

    /// How many inodes there are, numbered from 1.
    var inodes: UInt32 = 0
    /// Seconds since 1970-01-01T00:00:00Z, unsigned.
    var mkfsTime: UInt32 = 0
    /// Bytes in a data block.
    var blockSize: UInt32 = 0
    /// Entries of the fragment table.
    var fragments: UInt32 = 0
    var compression: UInt16 = 0
    /// The logarithm of `blockSize` to the base 2.
    var blockLog: UInt16 = 0
    var flags: Flags = []
    /// Entries of the id table.
    var ids: UInt16 = 0
    var major: UInt16 = 4
    var minor: UInt16 = 0
    var rootInode = InodeReference(block: 0, offset: 0)
    /// Bytes of the image without the padding at its end.
    var bytesUsed: UInt64 = 0
    var idTableStart: UInt64 = 0
    var xattrIDTableStart: UInt64 = Superblock.absent
    var inodeTableStart: UInt64 = 0
    var directoryTableStart: UInt64 = 0
    var fragmentTableStart: UInt64 = 0
    /// The export table: from inode numbers to inodes.
    var lookupTableStart: UInt64 = Superblock.absent

    init() {}

    struct Flags: OptionSet {
        let rawValue: UInt16
        static let uncompressedInodes = Flags(rawValue: 0x0001)
        static let uncompressedData = Flags(rawValue: 0x0002)
        static let uncompressedFragments = Flags(rawValue: 0x0008)
        static let noFragments = Flags(rawValue: 0x0010)
        static let alwaysFragments = Flags(rawValue: 0x0020)
        /// Equal files share their blocks.
        static let duplicates = Flags(rawValue: 0x0040)
        static let exportable = Flags(rawValue: 0x0080)
        static let uncompressedXattrs = Flags(rawValue: 0x0100)
        static let noXattrs = Flags(rawValue: 0x0200)
        /// A metadata block with the compressor's options follows the superblock.
        static let compressorOptions = Flags(rawValue: 0x0400)
        static let uncompressedIDs = Flags(rawValue: 0x0800)
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: Self.magic)
        for field in [inodes, mkfsTime, blockSize, fragments] { bytes.append(little: field) }
        for field in [compression, blockLog, flags.rawValue, ids, major, minor] {
            bytes.append(little: field)
        }
        for field in [
            rootInode.packed, bytesUsed, idTableStart, xattrIDTableStart, inodeTableStart,
            directoryTableStart, fragmentTableStart, lookupTableStart,
        ] { bytes.append(little: field) }
        return bytes
    }

    /// Reads the 96 bytes at the start of an image of `count` bytes, and checks what can be without the rest.
    init(_ record: Record, imageSize: UInt64) throws(SquashFSError) {
        guard record.u32(0) == Self.magic else { throw .badMagic }
        inodes = record.u32(4)
        mkfsTime = record.u32(8)
        blockSize = record.u32(12)
        fragments = record.u32(16)
        compression = record.u16(20)
        blockLog = record.u16(22)
        flags = Flags(rawValue: record.u16(24))
        ids = record.u16(26)
        major = record.u16(28)
        minor = record.u16(30)
        guard let rootInode = InodeReference(packed: record.u64(32)) else {
            throw Self.invalid(32, "the root's inode is beyond 32 bits")
        }
        self.rootInode = rootInode
        bytesUsed = record.u64(40)
        idTableStart = record.u64(48)
        xattrIDTableStart = record.u64(56)
        inodeTableStart = record.u64(64)
        directoryTableStart = record.u64(72)
        fragmentTableStart = record.u64(80)
        lookupTableStart = record.u64(88)
        try check(imageSize)
    }

    private func check(_ imageSize: UInt64) throws(SquashFSError) {
        guard major == 4, minor == 0 else { throw .unsupported(what: "version \(major).\(minor)") }
        guard blockLog >= 12, blockLog <= 20, blockSize == 1 << UInt32(blockLog) else {
            throw Self.invalid(12, "a block size of \(blockSize) with the logarithm \(blockLog)")
        }
        guard bytesUsed <= imageSize else {
            throw .stream(.unexpectedEnd(of: "squashfs of \(bytesUsed) bytes", offset: imageSize))
        }
        guard inodes > 0, ids > 0 else { throw Self.invalid(4, "no inodes or no ids") }
        guard inodeTableStart >= UInt64(Self.size), inodeTableStart < directoryTableStart,
            directoryTableStart <= bytesUsed
        else { throw Self.invalid(64, "the inode and directory tables are not one after the other") }
    }

    private static func invalid(_ offset: UInt64, _ reason: String) -> SquashFSError {
        .invalid(what: "superblock", offset: offset, reason: reason)
    }

    /// Where the directory table ends at the latest: where what the superblock names next is.
    var directoryTableEnd: UInt64 {
        [fragmentTableStart, lookupTableStart, idTableStart, xattrIDTableStart, bytesUsed]
            .filter { $0 >= directoryTableStart }.min() ?? bytesUsed
    }
}

/// Where an inode is: the metadata block, as an offset into the inode table, and the byte in it, decompressed.
struct InodeReference: Hashable {
    var block: UInt32
    var offset: UInt16

    init(block: UInt32, offset: UInt16) {
        self.block = block
        self.offset = offset
    }

    /// Nil if there are more than 48 bits.
    init?(packed: UInt64) {
        guard packed < 1 << 48 else { return nil }
        block = UInt32(truncatingIfNeeded: packed >> 16)
        offset = UInt16(truncatingIfNeeded: packed)
    }

    /// 48 bits on disk.
    var packed: UInt64 { UInt64(block) << 16 | UInt64(offset) }
}
