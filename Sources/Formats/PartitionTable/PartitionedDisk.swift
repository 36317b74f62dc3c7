public import Bytes

/// The partition tables of a disk, as they were found.
///
/// Whatever the disk holds, at most some sectors and two arrays of 16,384 entries are read. `init` fails if there is
/// neither a GPT nor an MBR; where one copy of a GPT is damaged the other one is taken, and `problems` names what
/// is wrong with either.
public struct PartitionedDisk: Sendable {
    /// A partition, from whichever table says more.
    public struct Partition: Hashable, Sendable {
        /// Counted from 1, as the tools do.
        public let number: Int
        /// Bytes from the start of the disk.
        public let offset: UInt64
        /// Bytes.
        public let length: UInt64
    }

    /// The first sector, if it has the signature.
    public private(set) var mbr: MBR?
    /// The GPT, if there is one.
    public private(set) var gpt: GPTDisk?
    /// What is wrong, in the order of the disk.
    public private(set) var problems: [PartitionTableError] = []
    /// The partitions of the GPT or, where there is none, of the MBR: whole or not, they may lie outside the disk
    /// or overlap, as `problems` says.
    public private(set) var partitions: [Partition] = []

    public init(_ disk: some RandomAccessBytes) throws(PartitionTableError) {
        let sectors = disk.count / GPTDisk.sectorSize
        let first = try Self.sector(0, of: disk)
        do throws(PartitionTableError) { mbr = try MBR(parsing: first) } catch { problems.append(error) }
        try readGPT(disk, sectors: sectors)
        if gpt == nil { try takeMBR(sectors: sectors) }
    }

    private mutating func takeMBR(sectors: UInt64) throws(PartitionTableError) {
        // A file system without a table has the signature as well: then no entry makes sense, and it shows.
        guard let mbr else { throw .noTable }
        var ranges: [NumberedRange] = []
        for (index, entry) in mbr.partitions.enumerated() {
            guard let entry, entry.type != 0, entry.sectorCount > 0 else { continue }
            let range = NumberedRange(
                number: index + 1, first: UInt64(entry.firstSector), last: entry.endSector - 1)
            ranges.append(range)
            if range.last >= sectors {
                problems.append(
                    .outside(partition: index + 1, first: 0, last: sectors == 0 ? 0 : sectors - 1))
            }
            add(range)
        }
        problems += NumberedRange.overlaps(ranges)
    }

    private mutating func readGPT(
        _ disk: some RandomAccessBytes, sectors: UInt64
    ) throws(PartitionTableError) {
        let primary = try table(in: 1, of: disk, sectors: sectors)
        // The backup is where the primary header says, else at the end.
        let place = primary?.header.alternateLBA ?? (sectors > 0 ? sectors - 1 : 0)
        let isProtected = mbr?.partitions.contains { $0?.type == MBRPartition.protectiveType } ?? false
        // Where nothing hints at a GPT, a missing one is not a problem.
        guard primary != nil || isProtected || hasHeader(place, disk) else {
            problems.removeAll { $0 == .noHeader(sector: 1) }
            return
        }
        let backup = try table(in: place, of: disk, sectors: sectors)
        guard let table = primary ?? backup else { return }
        if let primary, let backup { compare(primary.header, backup.header) }
        if !isProtected { problems.append(.noProtectiveEntry) }
        gpt = GPTDisk(identifier: table.header.diskGUID, partitions: table.partitions, mbr: mbr)
        let usable = table.header.firstUsableLBA...table.header.lastUsableLBA
        problems += table.partitions.problems(within: usable)
        if usable.upperBound >= sectors {
            problems.append(.invalidField(field: "LastUsableLBA", sector: table.header.myLBA))
        }
        for (index, partition) in table.partitions.enumerated() {
            guard let partition, partition.firstSector <= partition.lastSector else { continue }
            add(NumberedRange(number: index + 1, first: partition.firstSector, last: partition.lastSector))
        }
    }

    /// Adds a partition, unless its bytes can't be counted.
    private mutating func add(_ range: NumberedRange) {
        let limit = UInt64.max / GPTDisk.sectorSize
        guard range.first < limit, range.last < limit - 1 else { return }
        partitions.append(
            Partition(
                number: range.number, offset: range.first * GPTDisk.sectorSize,
                length: (range.last - range.first + 1) * GPTDisk.sectorSize))
    }

    private typealias Table = (header: GPTHeader, partitions: [GPTPartition?])

    /// One of the two tables; nil, and a problem more, if it is not whole.
    private mutating func table(
        in sector: UInt64, of disk: some RandomAccessBytes, sectors: UInt64
    ) throws(PartitionTableError) -> Table? {
        do throws(PartitionTableError) {
            let header = try GPTHeader(try Self.sector(sector, of: disk), sector: sector)
            return (header, try Self.entries(of: header, disk, sectors: sectors))
        } catch {
            if case .stream = error { throw error }
            problems.append(error)
            return nil
        }
    }

    private func hasHeader(_ sector: UInt64, _ disk: some RandomAccessBytes) -> Bool {
        let bytes = try? Self.sector(sector, of: disk)
        return bytes?.starts(with: GPTHeader.signature) ?? false
    }

    private static func entries(
        of header: GPTHeader, _ disk: some RandomAccessBytes, sectors: UInt64
    ) throws(PartitionTableError) -> [GPTPartition?] {
        let size = Int(header.sizeOfPartitionEntry)
        // Both factors were checked: 64 MiB at most, and no more than the disk has.
        let length = size * Int(header.numberOfPartitionEntries)
        let start = header.partitionEntryLBA
        guard start < sectors, UInt64(length) <= (sectors - start) * GPTDisk.sectorSize else {
            throw .invalidField(field: "PartitionEntryLBA", sector: header.myLBA)
        }
        let bytes = try read(disk, at: start * GPTDisk.sectorSize, length)
        let computed = bytes.withUnsafeBytes(GPTHeader.checksum)
        if computed != header.partitionEntryArrayCRC32 {
            throw .wrongEntriesCRC(
                sector: start, stored: header.partitionEntryArrayCRC32, computed: computed)
        }
        var partitions = stride(from: 0, to: length, by: size).map { GPTPartition(bytes[$0..<$0 + size]) }
        while case .some(nil) = partitions.last { partitions.removeLast() }
        return partitions
    }

    private mutating func compare(_ primary: GPTHeader, _ backup: GPTHeader) {
        let fields: [(String, Bool)] = [
            ("AlternateLBA", backup.alternateLBA == primary.myLBA),
            ("FirstUsableLBA", backup.firstUsableLBA == primary.firstUsableLBA),
            ("LastUsableLBA", backup.lastUsableLBA == primary.lastUsableLBA),
            ("DiskGUID", backup.diskGUID == primary.diskGUID),
            ("PartitionEntryArrayCRC32", backup.partitionEntryArrayCRC32 == primary.partitionEntryArrayCRC32),
        ]
        for (field, isEqual) in fields where !isEqual { problems.append(.headersDiffer(field: field)) }
    }

    private static func sector(
        _ sector: UInt64, of disk: some RandomAccessBytes
    ) throws(PartitionTableError) -> [UInt8] {
        guard sector < disk.count / GPTDisk.sectorSize else {
            throw sector == 0 ? .noTable : .noHeader(sector: sector)
        }
        return try read(disk, at: sector * GPTDisk.sectorSize, Int(GPTDisk.sectorSize))
    }

    private static func read(
        _ disk: some RandomAccessBytes, at offset: UInt64, _ length: Int
    ) throws(PartitionTableError) -> [UInt8] {
        do throws(StreamError) {
            return try disk.bytes(at: offset, length: length, of: "a partition table")
        } catch { throw .stream(error) }
    }
}
