public import Bytes
internal import Digests
public import FileTree

/// A tree laid out as an uncompressed EROFS image, one for one tree and stamp, for Linux 5.15 and later.
///
/// The image is a whole number of blocks of 4096 bytes: the superblock, inodes with short contents behind
/// them and shared attributes; directories; files' contents, equal ones once. Nothing is read here:
/// `extents` says where contents go, and pulls them when it is written.
public struct EROFSImage: Sendable {
    public let extents: ExtentMap
    /// As the image has it, but for the checksum, which is in the image only.
    public let superblock: EROFSSuperblock

    /// Lays `tree` out. The image was built at the stamp's time, and its UUID stands for the tree;
    /// `volumeName` has 16 bytes at most.
    public init(tree: FileTree, stamp: BuildStamp, volumeName: ByteString = "") throws(EROFSError) {
        guard volumeName.count <= 16 else { throw .volumeNameTooLong(name: volumeName) }
        let plan = try ImagePlan(tree, buildTime: stamp.time)
        var superblock = EROFSSuperblock()
        superblock.rootNID = UInt16(truncatingIfNeeded: plan.numbers[0])
        superblock.inodeCount = UInt64(plan.inodes.count)
        superblock.buildTime = stamp.time
        superblock.blocks = UInt32(truncatingIfNeeded: plan.blocks)
        if !plan.xattrs.shared.isEmpty {
            superblock.xattrBlock = UInt32(truncatingIfNeeded: plan.sharedStart / ImagePlan.blockSize)
        }
        superblock.uuid = Self.uuid(stamp.identity(role: "EROFS", of: tree.identity))
        superblock.volumeName.store(volumeName.bytes, at: 0)
        self.superblock = superblock
        extents = ImageWriter(plan, superblock).extents
    }

    /// Those of a file's extended attributes that an image can hold: of the namespaces `user.`, `trusted.` and
    /// `security.` and POSIX ACLs, within the sizes that the format has for them.
    public static func storable(_ attributes: [ExtendedAttribute]) -> [ExtendedAttribute] {
        XattrTable.storable(attributes)
    }

    /// RFC 9562 §5.8, version 8, variant 10.
    private static func uuid(_ identity: SHA256Digest) -> [UInt8] {
        var bytes = Array(identity.bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return bytes
    }
}
