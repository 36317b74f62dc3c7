internal import Bytes
public import FileTree

extension DiskLayout {
    /// A part of an image that a partition shows.
    public struct Window: Sendable {
        /// Bytes of the image, whole sectors.
        public var range: Range<UInt64>
        public var type: GUID
        public var name: String
        public var attributes: GPTPartition.Attributes

        public init(
            _ range: Range<UInt64>, type: GUID, name: String, attributes: GPTPartition.Attributes = []
        ) {
            self.range = range
            self.type = type
            self.name = name
            self.attributes = attributes
        }
    }

    /// An image that is a disk too: a hybrid ISO 9660 image, whose first 32 KiB belong to nobody.
    ///
    /// The image's first 34 sectors, which must be zero, are replaced by MBR and GPT; the GPT's backup follows the
    /// image, and the disk is rounded up to `alignment`, which CDs want to be 2048 at least.
    ///
    /// - Parameters:
    ///   - windows: what the GPT's partitions show of the image; `partitions` says it of the result.
    ///   - bootCode: up to 440 bytes, as `MBR.isohybridCode` makes them.
    ///   - size: bytes of the disk; nil for the size that is needed.
    ///   - mbrPartitions: the MBR's entries, told the disk's sectors; nil for a protective MBR.
    public static func hybrid(
        _ image: ExtentMap, windows: [Window], bootCode: [UInt8] = [], size: UInt64? = nil,
        alignment: UInt64 = defaultAlignment, stamp: BuildStamp,
        mbrPartitions: ((_ diskSectors: UInt64) -> [MBRPartition?])? = nil
    ) throws(PartitionTableError) -> DiskLayout {
        guard alignment >= GPTDisk.sectorSize, alignment.nonzeroBitCount == 1 else {
            throw .badAlignment(alignment)
        }
        let head = GPTDisk.primarySectors * GPTDisk.sectorSize
        let tail = GPTDisk.backupSectors * GPTDisk.sectorSize
        let needed = max(image.count, head).aligned(to: GPTDisk.sectorSize) + tail
        let diskSize = size ?? needed.aligned(to: alignment)
        guard needed <= diskSize else { throw .diskTooSmall(needed: needed, available: diskSize) }
        let identity = image.identity
        var disk = GPTDisk(identifier: GUID(stamp, role: "GPT disk", of: identity), partitions: [])
        var layout = DiskLayout()
        for (index, window) in windows.enumerated() {
            layout.add(window.range)
            let identifier = GUID(stamp, role: "GPT partition \(index + 1)", of: identity)
            disk.partitions.append(try window.partition(number: index + 1, identifier: identifier))
        }
        let sectors = diskSize / GPTDisk.sectorSize
        disk.mbr = MBR(
            bootCode: bootCode, diskSignature: MBR.diskSignature(stamp, of: identity),
            partitions: mbrPartitions?(sectors) ?? [.protective(diskSectors: sectors)])
        layout.append(try disk.primary(diskSize: diskSize))
        try layout.append(image, from: head)
        layout.append(try disk.backup(diskSize: diskSize), at: diskSize - tail)
        return layout
    }
}

extension DiskLayout.Window {
    fileprivate func partition(number: Int, identifier: GUID) throws(PartitionTableError) -> GPTPartition {
        let (start, end) = (range.lowerBound, range.upperBound)
        for bound in [start, end] where bound % GPTDisk.sectorSize != 0 {
            throw .notWholeSectors(size: bound)
        }
        let first = start / GPTDisk.sectorSize
        if start == end { throw .emptyRange(partition: number, first: first, last: first) }
        return GPTPartition(
            type: type, identifier: identifier, firstSector: first, lastSector: end / GPTDisk.sectorSize - 1,
            name: name, attributes: attributes)
    }
}

extension DiskLayout {
    /// Appends `image` but its first `offset` bytes, which must be zero.
    private mutating func append(_ image: ExtentMap, from offset: UInt64) throws(PartitionTableError) {
        for extent in image.extents {
            let skipped = offset > extent.offset ? min(offset - extent.offset, extent.length) : 0
            switch extent.source {
            case .hole: append(zeros: extent.length - skipped)
            case .bytes(let bytes):
                let head = bytes[..<Int(skipped)]
                if let used = head.firstIndex(where: { $0 != 0 }) {
                    throw .imageOccupied(offset: extent.offset + UInt64(used))
                }
                append(skipped == 0 ? bytes : Array(bytes[Int(skipped)...]))
            case .contents(let contents):
                if skipped > 0 { throw .imageOccupied(offset: extent.offset) }
                append(contents)
            }
        }
    }
}
