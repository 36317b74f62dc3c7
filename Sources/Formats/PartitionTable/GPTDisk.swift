internal import Bytes

/// A GPT with its MBR (UEFI 2.10 §5.3): two headers with an array of 128 entries each.
///
///     sector 0        MBR
///     sector 1        primary header
///     sectors 2…33    entries
///     …               partitions
///     last 33         entries, then the backup header in the last sector
public struct GPTDisk: Hashable, Sendable {
    public static let sectorSize: UInt64 = 512
    public static let entryCount = 128
    /// Sectors at the start of the disk that are not for partitions: MBR, header and entries.
    public static let primarySectors: UInt64 = 34
    /// Sectors at the end of the disk that are not for partitions: entries and header.
    public static let backupSectors: UInt64 = 33

    /// DiskGUID.
    public var identifier: GUID
    /// Up to 128, in the order of their entries; nil is an unused one.
    public var partitions: [GPTPartition?]
    /// What stands in sector 0: nil for a protective MBR. Any other makes the disk a hybrid one; firmware that
    /// goes by the specification takes the GPT only if an entry of type 0xEE starts in sector 1.
    public var mbr: MBR?

    public init(identifier: GUID, partitions: [GPTPartition?], mbr: MBR? = nil) {
        self.identifier = identifier
        self.partitions = partitions
        self.mbr = mbr
    }

    /// The first 34 sectors of a disk of `size` bytes: 17,408 bytes, which fit the 32 KiB system area of an ISO 9660
    /// image. Partitions that overlap or do not fit the disk are errors.
    public func primary(diskSize size: UInt64) throws(PartitionTableError) -> [UInt8] {
        let (sectors, entries) = try checked(size)
        let mbr = self.mbr ?? .protective(diskSectors: sectors)
        let header = GPTHeader(
            myLBA: 1, alternateLBA: sectors - 1, usable: usable(sectors), diskGUID: identifier, entryLBA: 2,
            entries: entries)
        return try mbr.encoded() + header.encoded + entries
    }

    /// The last 33 sectors of a disk of `size` bytes: 16,896 bytes.
    public func backup(diskSize size: UInt64) throws(PartitionTableError) -> [UInt8] {
        let (sectors, entries) = try checked(size)
        let header = GPTHeader(
            myLBA: sectors - 1, alternateLBA: 1, usable: usable(sectors), diskGUID: identifier,
            entryLBA: sectors - Self.backupSectors, entries: entries)
        return entries + header.encoded
    }

    private func usable(_ sectors: UInt64) -> ClosedRange<UInt64> {
        Self.primarySectors...sectors - Self.backupSectors - 1
    }

    private func checked(_ size: UInt64) throws(PartitionTableError) -> (sectors: UInt64, entries: [UInt8]) {
        guard size % Self.sectorSize == 0 else { throw .notWholeSectors(size: size) }
        let sectors = size / Self.sectorSize
        let least = Self.primarySectors + Self.backupSectors + 1
        guard sectors >= least else {
            throw .diskTooSmall(needed: least * Self.sectorSize, available: size)
        }
        guard partitions.count <= Self.entryCount else {
            throw .tooManyPartitions(count: partitions.count, limit: Self.entryCount)
        }
        if let problem = partitions.problems(within: usable(sectors)).first { throw problem }
        var entries: [UInt8] = []
        for (index, partition) in partitions.enumerated() {
            if let partition {
                entries += try partition.encoded(number: index + 1)
            } else {
                entries.append(zeros: GPTPartition.entrySize)
            }
        }
        entries.append(zeros: Self.entryCount * GPTPartition.entrySize - entries.count)
        return (sectors, entries)
    }
}

extension [GPTPartition?] {
    /// What is wrong with where the partitions are, and with their GUIDs.
    func problems(within usable: ClosedRange<UInt64>) -> [PartitionTableError] {
        var problems: [PartitionTableError] = []
        var ranges: [NumberedRange] = []
        for (index, partition) in enumerated() {
            guard let partition else { continue }
            let (first, last) = (partition.firstSector, partition.lastSector)
            if first > last {
                problems.append(.emptyRange(partition: index + 1, first: first, last: last))
            } else {
                if !usable.contains(first) || !usable.contains(last) {
                    problems.append(
                        .outside(partition: index + 1, first: usable.lowerBound, last: usable.upperBound))
                }
                ranges.append(NumberedRange(number: index + 1, first: first, last: last))
            }
        }
        problems += NumberedRange.overlaps(ranges)
        var seen: [GUID: Int] = [:]
        for (index, partition) in enumerated() {
            guard let partition else { continue }
            if let other = seen[partition.identifier] {
                problems.append(.duplicateIdentifier(partition: other, other: index + 1))
            } else {
                seen[partition.identifier] = index + 1
            }
        }
        return problems
    }
}

/// The sectors of a partition, numbered from 1, last one inclusive.
struct NumberedRange {
    let number: Int
    let first: UInt64
    let last: UInt64

    /// Those that share sectors with one that starts before them.
    static func overlaps(_ ranges: [NumberedRange]) -> [PartitionTableError] {
        var problems: [PartitionTableError] = []
        var widest: NumberedRange?
        for range in ranges.sorted(by: { ($0.first, $0.number) < ($1.first, $1.number) }) {
            if let before = widest, before.last >= range.first {
                let pair = (min(before.number, range.number), max(before.number, range.number))
                problems.append(.overlap(partition: pair.0, other: pair.1))
            }
            if range.last >= widest?.last ?? 0 { widest = range }
        }
        return problems
    }
}
