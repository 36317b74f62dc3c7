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
}

/// Where an inode is: the metadata block, as an offset into the inode table, and the byte in it, decompressed.
struct InodeReference: Hashable {
    var block: UInt32
    var offset: UInt16

    init(block: UInt32, offset: UInt16) {
        self.block = block
        self.offset = offset
    }

    /// 48 bits on disk.
    var packed: UInt64 { UInt64(block) << 16 | UInt64(offset) }
}
