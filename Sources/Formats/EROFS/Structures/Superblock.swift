internal import Bytes
internal import Checksums
public import FileTree

/// `struct erofs_super_block`: 128 bytes at byte 1024 of the image.
public struct EROFSSuperblock: Hashable, Sendable {
    static let offset = 1024
    static let size = 128
    static let magic: UInt32 = 0xE0F5_E1E2

    /// `feature_compat`: readers that don't know a bit may go on.
    enum Compatible {
        static let checksum: UInt32 = 1 << 0
        /// The time in extended inodes is the modification's, not the change's.
        static let modificationTime: UInt32 = 1 << 1
    }

    /// `feature_incompat`: readers that don't know a bit must not go on.
    enum Incompatible {
        static let deviceTable: UInt32 = 1 << 3
        /// All that Linux 6.4 knows; what they change is refused where it is met.
        static let known: UInt32 = 0x7F
    }

    /// CRC-32C from byte 1024 to the end of its block, not inverted, this field taken as 0.
    public var checksum: UInt32 = 0
    public var compatibleFeatures: UInt32 = Compatible.checksum | Compatible.modificationTime
    /// `blkszbits`: a block has 2 to this power bytes.
    public var blockBits: UInt8 = 12
    /// `sb_extslots`: the superblock goes on for this times 16 bytes.
    public var extensionSlots: UInt8 = 0
    public var rootNID: UInt16 = 0
    /// `inos`: how many inodes there are.
    public var inodeCount: UInt64 = 0
    /// The time of all files whose inodes are compact.
    public var buildTime = Timestamp(seconds: 0)
    /// Blocks of the image.
    public var blocks: UInt32 = 0
    /// `meta_blkaddr`: the block from which node numbers count, in steps of 32 bytes.
    public var metadataBlock: UInt32 = 0
    /// `xattr_blkaddr`: the block from which shared attributes are numbered, in steps of 4 bytes.
    public var xattrBlock: UInt32 = 0
    /// 16 bytes.
    public var uuid = [UInt8](repeating: 0, count: 16)
    /// 16 bytes, zeros at the end.
    public var volumeName = [UInt8](repeating: 0, count: 16)
    public var incompatibleFeatures: UInt32 = 0
    /// `available_compr_algs` or `lz4_max_distance`.
    public var compression: UInt16 = 0
    public var extraDevices: UInt16 = 0
    public var deviceSlotOffset: UInt16 = 0
    /// `dirblkbits`: directory blocks have 2 to this power blocks.
    public var directoryBlockBits: UInt8 = 0

    /// Bytes.
    var blockSize: UInt64 { 1 << UInt64(blockBits) }

    /// The 128 bytes, the checksum as it is.
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: Self.magic)
        bytes.append(little: checksum)
        bytes.append(little: compatibleFeatures)
        bytes.append(blockBits)
        bytes.append(extensionSlots)
        bytes.append(little: rootNID)
        bytes.append(little: inodeCount)
        bytes.append(little: buildTime.seconds)
        bytes.append(little: buildTime.nanoseconds)
        bytes.append(little: blocks)
        bytes.append(little: metadataBlock)
        bytes.append(little: xattrBlock)
        bytes.append(contentsOf: uuid)
        bytes.append(contentsOf: volumeName)
        bytes.append(little: incompatibleFeatures)
        bytes.append(little: compression)
        bytes.append(little: extraDevices)
        bytes.append(little: deviceSlotOffset)
        bytes.append(directoryBlockBits)
        bytes.append(zeros: Self.size - bytes.count)
        return bytes
    }

    /// The superblock in the 128 bytes that stand at byte 1024.
    init(parsing bytes: [UInt8]) throws(EROFSError) {
        var fields = FieldReader(bytes)
        guard fields.next(UInt32.self) == Self.magic else { throw .badMagic }
        checksum = fields.next()
        compatibleFeatures = fields.next()
        blockBits = fields.next()
        extensionSlots = fields.next()
        rootNID = fields.next()
        inodeCount = fields.next()
        buildTime = Timestamp(seconds: fields.next(), nanoseconds: fields.next())
        blocks = fields.next()
        metadataBlock = fields.next()
        xattrBlock = fields.next()
        uuid = (0..<16).map { _ in fields.next() }
        volumeName = (0..<16).map { _ in fields.next() }
        incompatibleFeatures = fields.next()
        compression = fields.next()
        extraDevices = fields.next()
        deviceSlotOffset = fields.next()
        directoryBlockBits = fields.next()
    }

    init() {}

    /// What the checksum is of: bytes from the superblock's offset on, to the end of its block where that is larger.
    var checkedLength: Int {
        let size = Int(blockSize)
        return size > Self.offset ? size - Self.offset : size
    }

    /// The checksum of `bytes`, the `checkedLength` ones at the superblock's offset, whatever they say themselves.
    static func checksum(of bytes: [UInt8]) -> UInt32 {
        var crc = CRC32C()
        crc.update(bytes[..<4])
        crc.update([0, 0, 0, 0] as [UInt8])
        crc.update(bytes[8...])
        return crc.register
    }
}
