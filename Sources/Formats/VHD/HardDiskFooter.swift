internal import Bytes
internal import Digests
internal import FileTree

/// The 512 bytes at the end of every image ("Hard Disk Footer Format"), and as a copy at the start of those that grow;
/// all numbers are big-endian.
public struct HardDiskFooter: Hashable, Sendable {
    static let size = 512
    static let cookie = Array("conectix".utf8)
    private static let checksumOffset = 64
    /// 2000-01-01T00:00:00Z in seconds since 1970.
    static let epoch: Int64 = 946_684_800

    public enum DiskType: UInt32, Sendable {
        case fixed = 2
        case dynamic = 3
    }

    /// Where the dynamic disk header is; all bits set for fixed disks.
    public var dataOffset: UInt64
    /// Seconds since 2000-01-01T00:00:00Z.
    public var timestamp: UInt32
    /// Who wrote the image: four characters.
    public var creatorApplication: UInt32
    /// Bytes of the disk.
    public var currentSize: UInt64
    public var geometry: DiskGeometry
    public var diskType: DiskType
    /// A UUID's 16 bytes.
    public var uniqueID: [UInt8]

    /// The footer of a disk of `size` bytes that `identity` stands for.
    ///
    /// The creator application is `win `, Hyper-V's own. QEMU decides by this field whether it believes the current
    /// size or multiplies the geometry, which is smaller; `win ` means the current size to every version that
    /// makes the distinction, and to Azure and Hyper-V, which do not.
    init(size: UInt64, type: DiskType, identity: SHA256Digest, stamp: BuildStamp) {
        dataOffset = type == .fixed ? .max : UInt64(Self.size)
        let seconds = stamp.time.seconds
        timestamp = seconds > Self.epoch ? UInt32(clamping: seconds - Self.epoch) : 0
        creatorApplication = Self.hyperV
        currentSize = size
        geometry = DiskGeometry(sectors: size / 512)
        diskType = type
        uniqueID = Array(stamp.identity(role: "VHD unique id", of: identity).bytes.prefix(16))
        // Version 8 and variant 10 (RFC 9562, 5.8), as everywhere that a UUID is derived.
        uniqueID[6] = uniqueID[6] & 0x0F | 0x80
        uniqueID[8] = uniqueID[8] & 0x3F | 0x80
    }

    /// `win `.
    private static let hyperV: UInt32 = 0x7769_6E20

    var encoded: [UInt8] {
        var bytes = Self.cookie
        bytes.reserveCapacity(Self.size)
        // Features: the bit that is always set.
        bytes.append(big: UInt32(2))
        // File format version 1.0.
        bytes.append(big: UInt32(0x0001_0000))
        bytes.append(big: dataOffset)
        bytes.append(big: timestamp)
        bytes.append(big: creatorApplication)
        // Creator version 6.1 and creator host OS `Wi2k`, Windows: the specification knows that and Macintosh.
        bytes.append(big: UInt32(0x0006_0001))
        bytes.append(big: UInt32(0x5769_326B))
        // Original size.
        bytes.append(big: currentSize)
        bytes.append(big: currentSize)
        bytes.append(big: geometry.cylinders)
        bytes.append(geometry.heads)
        bytes.append(geometry.sectorsPerTrack)
        bytes.append(big: diskType.rawValue)
        bytes.append(zeros: 4)
        bytes.append(contentsOf: uniqueID)
        // Saved state, and 427 reserved bytes.
        bytes.append(zeros: Self.size - bytes.count)
        bytes.store(big: Checksum.of(bytes), at: Self.checksumOffset)
        return bytes
    }

    /// The footer in the 512 `bytes` that stand at `offset`; nil if there is none.
    init?(parsing bytes: [UInt8], at offset: UInt64) throws(VHDError) {
        guard bytes.count == Self.size, bytes.starts(with: Self.cookie) else { return nil }
        var unsummed = bytes
        unsummed.store(big: UInt32(0), at: Self.checksumOffset)
        guard bytes.big(UInt32.self, at: Self.checksumOffset) == Checksum.of(unsummed) else {
            throw .checksumMismatch(structure: "footer", offset: offset)
        }
        guard bytes.big(UInt16.self, at: 12) == 1 else {
            throw .invalidField(field: "file format version", offset: offset)
        }
        let type = bytes.big(UInt32.self, at: 60) ?? 0
        guard let diskType = DiskType(rawValue: type) else { throw .unsupported(diskType: type) }
        self.diskType = diskType
        dataOffset = bytes.big(at: 16) ?? .max
        timestamp = bytes.big(at: 24) ?? 0
        creatorApplication = bytes.big(at: 28) ?? 0
        currentSize = bytes.big(at: 48) ?? 0
        geometry = DiskGeometry(
            cylinders: bytes.big(at: 56) ?? 0, heads: bytes[58], sectorsPerTrack: bytes[59])
        uniqueID = Array(bytes[68..<84])
    }
}

/// The one's complement of the sum of all bytes, the checksum's own counted as zeros.
enum Checksum {
    static func of(_ bytes: [UInt8]) -> UInt32 { ~bytes.reduce(UInt32(0)) { $0 &+ UInt32($1) } }
}
