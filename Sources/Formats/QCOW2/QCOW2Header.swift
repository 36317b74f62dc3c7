public import Bytes

/// The header of an image (QEMU, docs/interop/qcow2.txt, "Header"); all numbers are big-endian.
public struct QCOW2Header: Hashable, Sendable {
    /// `QFI\xFB`.
    static let magic: UInt32 = 0x5146_49FB
    static let sizeV2 = 72
    static let sizeV3 = 104
    /// What QEMU writes unless told otherwise: 64 KiB.
    static let defaultClusterBits: UInt32 = 16
    /// QEMU loads no larger L1 table (`QCOW_MAX_L1_SIZE`): bytes.
    static let largestL1: UInt64 = 32 << 20

    public enum CompressionType: UInt8, Sendable {
        case zlib = 0
        case zstd = 1
    }

    /// 2 or 3.
    public var version: UInt32 = 3
    /// A cluster has 2 to the power of this many bytes: 9 to 21.
    public var clusterBits: UInt32 = defaultClusterBits
    /// Bytes of the disk.
    public var size: UInt64
    /// Entries of the active L1 table.
    public var l1Size: UInt32 = 0
    public var l1TableOffset: UInt64 = 0
    public var refcountTableOffset: UInt64 = 0
    public var refcountTableClusters: UInt32 = 0
    /// Internal snapshots; what is read is the active state.
    public var snapshots: UInt32 = 0
    /// A reference count has 2 to the power of this many bits.
    public var refcountOrder: UInt32 = 4
    public var compressionType = CompressionType.zlib

    init(size: UInt64) { self.size = size }

    /// Bytes of a cluster.
    public var clusterSize: UInt64 { 1 << UInt64(clusterBits) }
    /// Entries of an L2 table, which fills a cluster with eight bytes each.
    var l2Entries: UInt64 { clusterSize / 8 }
    /// Bytes of the disk that one L2 table maps.
    var l2Span: UInt64 { clusterSize * l2Entries }

    /// The 104 bytes of version 3, no header extension after them (the type 0 that ends these is in the zeros).
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.sizeV3)
        bytes.append(big: Self.magic)
        bytes.append(big: version)
        // backing_file_offset and backing_file_size: none.
        bytes.append(big: UInt64(0))
        bytes.append(big: UInt32(0))
        bytes.append(big: clusterBits)
        bytes.append(big: size)
        // crypt_method: none.
        bytes.append(big: UInt32(0))
        bytes.append(big: l1Size)
        bytes.append(big: l1TableOffset)
        bytes.append(big: refcountTableOffset)
        bytes.append(big: refcountTableClusters)
        // nb_snapshots and snapshots_offset: none.
        bytes.append(big: UInt32(0))
        bytes.append(big: UInt64(0))
        // incompatible_features, compatible_features, autoclear_features: none.
        bytes.append(zeros: 24)
        bytes.append(big: refcountOrder)
        bytes.append(big: UInt32(Self.sizeV3))
        return bytes
    }
}

extension QCOW2Header {
    /// The features that make an image unreadable to programs that do not know them, by bit.
    private enum Incompatible {
        /// Reference counts may be wrong; what is read does not depend on them.
        static let dirty: UInt64 = 1 << 0
        static let corrupt: UInt64 = 1 << 1
        static let externalData: UInt64 = 1 << 2
        static let compressionType: UInt64 = 1 << 3
        static let extendedL2: UInt64 = 1 << 4
        static let known = dirty | corrupt | externalData | compressionType | extendedL2
    }

    /// Reads the header at the start of `file`.
    public init(of file: some RandomAccessBytes) throws(QCOW2Error) {
        let length = Int(min(file.count, 112))
        let bytes: [UInt8]
        do throws(StreamError) {
            bytes = try file.bytes(at: 0, length: length, of: "a qcow2 header")
        } catch { throw .stream(error) }
        guard bytes.big(UInt32.self, at: 0) == Self.magic else { throw .badMagic }
        try self.init(parsing: bytes)
    }

    private init(parsing bytes: [UInt8]) throws(QCOW2Error) {
        func field<Integer: FixedWidthInteger>(
            _ type: Integer.Type, _ offset: Int
        ) throws(QCOW2Error) -> Integer {
            guard let value = bytes.big(type, at: offset) else {
                throw .stream(.unexpectedEnd(of: "a qcow2 header", offset: UInt64(bytes.count)))
            }
            return value
        }
        self.init(size: try field(UInt64.self, 24))
        version = try field(UInt32.self, 4)
        guard version == 2 || version == 3 else { throw .unsupportedVersion(version) }
        clusterBits = try field(UInt32.self, 20)
        guard (9...21).contains(clusterBits) else {
            throw .invalidField(field: "cluster_bits", offset: 20)
        }
        guard size <= UInt64(Int64.max) else { throw .invalidField(field: "size", offset: 24) }
        if try field(UInt64.self, 8) != 0 { throw .unsupported(feature: "a backing file") }
        if try field(UInt32.self, 32) != 0 { throw .unsupported(feature: "decryption") }
        l1Size = try field(UInt32.self, 36)
        l1TableOffset = try field(UInt64.self, 40)
        refcountTableOffset = try field(UInt64.self, 48)
        refcountTableClusters = try field(UInt32.self, 56)
        snapshots = try field(UInt32.self, 60)
        if version == 2 {
            // snapshots_offset is version 2's last field.
            _ = try field(UInt64.self, 64)
            return
        }
        let incompatible = try field(UInt64.self, 72)
        try Self.refuse(incompatible)
        refcountOrder = try field(UInt32.self, 96)
        let length = try field(UInt32.self, 100)
        guard length >= UInt32(Self.sizeV3), length % 8 == 0, UInt64(length) <= clusterSize else {
            throw .invalidField(field: "header_length", offset: 100)
        }
        guard incompatible & Incompatible.compressionType != 0 else { return }
        guard length > UInt32(Self.sizeV3), let type = CompressionType(rawValue: try field(UInt8.self, 104))
        else { throw .invalidField(field: "compression_type", offset: 104) }
        compressionType = type
    }

    private static func refuse(_ features: UInt64) throws(QCOW2Error) {
        if features & Incompatible.corrupt != 0 {
            throw .unsupported(feature: "a repair, for it is marked as corrupt")
        }
        if features & Incompatible.externalData != 0 { throw .unsupported(feature: "an external data file") }
        if features & Incompatible.extendedL2 != 0 { throw .unsupported(feature: "extended L2 entries") }
        let unknown = features & ~Incompatible.known
        if unknown != 0 {
            throw .unsupported(feature: "the incompatible feature of bit \(unknown.trailingZeroBitCount)")
        }
    }
}
