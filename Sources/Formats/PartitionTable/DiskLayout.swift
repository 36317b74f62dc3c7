internal import Bytes
internal import Digests
public import FileTree

/// A disk put together from volumes, each in a partition of its own, before it is written.
public struct DiskLayout: Sendable {
    /// What goes into a partition.
    public struct Volume: Sendable {
        public var contents: ExtentMap
        /// The partition's type in a GPT.
        public var type: GUID
        /// The partition's type in an MBR.
        public var mbrType: UInt8
        /// The partition's name in a GPT.
        public var name: String
        public var attributes: GPTPartition.Attributes
        /// Active in an MBR.
        public var isActive: Bool
        /// Bytes that the partition has at least; the last partition is not enlarged to the disk's end.
        public var minimumSize: UInt64

        public init(
            _ contents: ExtentMap, type: GUID = .linuxData, mbrType: UInt8 = MBRPartition.linuxType,
            name: String = "", attributes: GPTPartition.Attributes = [], isActive: Bool = false,
            minimumSize: UInt64 = 0
        ) {
            self.contents = contents
            self.type = type
            self.mbrType = mbrType
            self.name = name
            self.attributes = attributes
            self.isActive = isActive
            self.minimumSize = minimumSize
        }

        /// An EFI system partition.
        public static func efiSystem(_ contents: ExtentMap, minimumSize: UInt64 = 0) -> Volume {
            Volume(
                contents, type: .efiSystem, mbrType: MBRPartition.efiSystemType, name: "EFI system partition",
                minimumSize: minimumSize)
        }
    }

    /// Where partitions start, unless said otherwise: 1 MiB, which every medium's blocks divide.
    public static let defaultAlignment: UInt64 = 1 << 20

    /// Bytes; no medium is as large, and sums of a few of these don't overflow.
    private static let sizeLimit: UInt64 = 1 << 56

    public private(set) var extents = ExtentMap()
    /// The bytes of each partition, in the order of the volumes.
    public private(set) var partitions: [Range<UInt64>] = []

    /// A disk with a GPT.
    ///
    /// - Parameters:
    ///   - size: bytes of the disk; nil for the size that the volumes need, rounded up to the alignment.
    ///   - alignment: bytes; partitions start at its multiples.
    ///   - bootCode: up to 440 bytes for the MBR.
    ///   - stamp: derives the disk's and the partitions' GUIDs from the volumes.
    public static func gpt(
        _ volumes: [Volume], size: UInt64? = nil, alignment: UInt64 = defaultAlignment,
        bootCode: [UInt8] = [],
        stamp: BuildStamp
    ) throws(PartitionTableError) -> DiskLayout {
        var layout = DiskLayout()
        let head = GPTDisk.primarySectors * GPTDisk.sectorSize
        let tail = GPTDisk.backupSectors * GPTDisk.sectorSize
        let diskSize = try layout.place(volumes, size: size, alignment: alignment, head: head, tail: tail)
        let identity = self.identity(of: volumes, size: diskSize)
        var disk = GPTDisk(identifier: GUID(stamp, role: "GPT disk", of: identity), partitions: [])
        for (index, (volume, range)) in zip(volumes, layout.partitions).enumerated() {
            disk.partitions.append(
                GPTPartition(
                    type: volume.type,
                    identifier: GUID(stamp, role: "GPT partition \(index + 1)", of: identity),
                    firstSector: range.lowerBound / GPTDisk.sectorSize,
                    lastSector: range.upperBound / GPTDisk.sectorSize - 1, name: volume.name,
                    attributes: volume.attributes))
        }
        if !bootCode.isEmpty {
            disk.mbr = .protective(diskSectors: diskSize / GPTDisk.sectorSize, bootCode: bootCode)
        }
        layout.extents.append(try disk.primary(diskSize: diskSize))
        layout.append(volumes)
        layout.append(try disk.backup(diskSize: diskSize), at: diskSize - tail)
        return layout
    }

    /// A disk with an MBR and up to four partitions. Parameters as for `gpt`.
    public static func mbr(
        _ volumes: [Volume], size: UInt64? = nil, alignment: UInt64 = defaultAlignment,
        bootCode: [UInt8] = [],
        stamp: BuildStamp
    ) throws(PartitionTableError) -> DiskLayout {
        var layout = DiskLayout()
        let diskSize = try layout.place(
            volumes, size: size, alignment: alignment, head: UInt64(MBR.size), tail: 0)
        let signature = MBR.diskSignature(stamp, of: identity(of: volumes, size: diskSize))
        var record = MBR(bootCode: bootCode, diskSignature: signature, partitions: [])
        for (index, (volume, range)) in zip(volumes, layout.partitions).enumerated() {
            let first = range.lowerBound / GPTDisk.sectorSize
            let count = (range.upperBound - range.lowerBound) / GPTDisk.sectorSize
            guard let start = UInt32(exactly: first), let count = UInt32(exactly: count) else {
                throw .beyondMBR(partition: index + 1, sector: first + count - 1)
            }
            record.partitions.append(
                MBRPartition(
                    type: volume.mbrType, firstSector: start, sectorCount: count, isActive: volume.isActive))
        }
        layout.extents.append(try record.encoded())
        layout.append(volumes)
        layout.extents.append(zerosUpTo: diskSize)
        return layout
    }

    /// Stands for the disk's contents where its identifiers are derived: SHA-256 over each volume's identity and
    /// place in the list, and the disk's size.
    private static func identity(of volumes: [Volume], size: UInt64) -> SHA256Digest {
        var hasher = SHA256Hasher()
        for volume in volumes {
            hasher.update(volume.contents.identity.bytes + volume.type.onDisk + [volume.mbrType])
        }
        var end: [UInt8] = []
        end.append(big: size)
        hasher.update(end)
        return hasher.finalize()
    }

    /// Says where the partitions go, and returns the disk's size in bytes.
    private mutating func place(
        _ volumes: [Volume], size: UInt64?, alignment: UInt64, head: UInt64, tail: UInt64
    ) throws(PartitionTableError) -> UInt64 {
        guard alignment >= GPTDisk.sectorSize, alignment.nonzeroBitCount == 1 else {
            throw .badAlignment(alignment)
        }
        var end = head
        for volume in volumes {
            guard volume.minimumSize <= Self.sizeLimit else {
                throw .diskTooSmall(needed: volume.minimumSize, available: Self.sizeLimit)
            }
            let start = end.aligned(to: alignment)
            let length = max(volume.contents.count, volume.minimumSize, 1).aligned(to: GPTDisk.sectorSize)
            end = start + length
            partitions.append(start..<end)
        }
        guard let size else { return (end + tail).aligned(to: alignment) }
        guard size % GPTDisk.sectorSize == 0 else { throw .notWholeSectors(size: size) }
        guard end + tail <= size else { throw .diskTooSmall(needed: end + tail, available: size) }
        return size
    }

    mutating func append(_ bytes: [UInt8]) { extents.append(bytes) }
    mutating func append(_ contents: FileContents) { extents.append(contents) }
    mutating func append(zeros count: UInt64) { extents.append(zeros: count) }
    mutating func add(_ partition: Range<UInt64>) { partitions.append(partition) }

    /// Appends bytes after zeros up to `offset`, which must not lie before the end.
    mutating func append(_ bytes: [UInt8], at offset: UInt64) {
        extents.append(zerosUpTo: offset)
        extents.append(bytes)
    }

    private mutating func append(_ volumes: [Volume]) {
        for (volume, range) in zip(volumes, partitions) {
            extents.append(zerosUpTo: range.lowerBound)
            extents.append(volume.contents)
        }
    }
}
