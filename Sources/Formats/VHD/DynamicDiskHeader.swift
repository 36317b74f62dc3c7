internal import Bytes

/// The header of an image that grows ("Dynamic Disk Header Format"): where its block allocation table is.
struct DynamicDiskHeader: Hashable {
    static let size = 1024
    private static let cookie = Array("cxsparse".utf8)
    private static let checksumOffset = 36
    /// The specification's default: 2 MiB.
    static let defaultBlockSize: UInt32 = 2 << 20

    var tableOffset: UInt64
    var maxTableEntries: UInt32
    /// Bytes of a block's data, a power of two.
    var blockSize = defaultBlockSize

    init(tableOffset: UInt64, maxTableEntries: UInt32) {
        self.tableOffset = tableOffset
        self.maxTableEntries = maxTableEntries
    }

    /// Bytes of the bitmap before a block's data: a bit for each sector, whole sectors.
    var bitmapSize: UInt64 { ((UInt64(blockSize) / 512 + 7) / 8).aligned(to: 512) }

    var encoded: [UInt8] {
        var bytes = Self.cookie
        bytes.reserveCapacity(Self.size)
        // Data offset: reserved, all bits set.
        bytes.append(big: UInt64.max)
        bytes.append(big: tableOffset)
        // Header version 1.0.
        bytes.append(big: UInt32(0x0001_0000))
        bytes.append(big: maxTableEntries)
        bytes.append(big: blockSize)
        // Checksum, then what is about the parent of a differencing disk.
        bytes.append(zeros: Self.size - bytes.count)
        bytes.store(big: Checksum.of(bytes), at: Self.checksumOffset)
        return bytes
    }

    /// The header in the 1024 `bytes` that stand at `offset`.
    init(parsing bytes: [UInt8], at offset: UInt64) throws(VHDError) {
        guard bytes.count == Self.size, bytes.starts(with: Self.cookie) else {
            throw .invalidField(field: "dynamic disk header", offset: offset)
        }
        var unsummed = bytes
        unsummed.store(big: UInt32(0), at: Self.checksumOffset)
        guard bytes.big(UInt32.self, at: Self.checksumOffset) == Checksum.of(unsummed) else {
            throw .checksumMismatch(structure: "dynamic disk header", offset: offset)
        }
        tableOffset = bytes.big(at: 16) ?? .max
        maxTableEntries = bytes.big(at: 28) ?? 0
        blockSize = bytes.big(at: 32) ?? 0
        // QEMU takes any power of two from a sector on; beyond 1 GiB there is no use for one.
        guard (512...1 << 30).contains(blockSize), blockSize.nonzeroBitCount == 1 else {
            throw .invalidField(field: "block size", offset: offset)
        }
    }
}
