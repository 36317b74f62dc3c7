public import Bytes

/// Why a partition table could not be laid out or read. Sectors have 512 bytes and count from the start of the disk.
public enum PartitionTableError: Error, Equatable, Sendable {
    /// The disk could not be read.
    case stream(StreamError)

    // What cannot be laid out.

    /// More boot code than the `limit` bytes that there is room for.
    case bootCodeTooLong(size: Int, limit: Int)
    /// More partitions than the table has entries.
    case tooManyPartitions(count: Int, limit: Int)
    /// A GPT holds names of up to 36 UTF-16 code units.
    case nameTooLong(partition: Int, name: String)
    /// An MBR holds 32-bit sector numbers: what lies beyond 2 TiB needs a GPT.
    case beyondMBR(partition: Int, sector: UInt64)
    /// The disk has room for `available` bytes where `needed` are asked for.
    case diskTooSmall(needed: UInt64, available: UInt64)
    /// A disk is a whole number of sectors.
    case notWholeSectors(size: UInt64)
    /// The alignment is no power of two of at least one sector.
    case badAlignment(UInt64)
    /// The image that a table is put in front of has contents in the table's sectors.
    case imageOccupied(offset: UInt64)

    // What is wrong with a table, laid out or read.

    /// Two partitions, numbered from 1, share sectors.
    case overlap(partition: Int, other: Int)
    /// The partition ends before it starts.
    case emptyRange(partition: Int, first: UInt64, last: UInt64)
    /// The partition lies outside `first ... last`, the sectors of the disk or those that the GPT leaves for partitions.
    case outside(partition: Int, first: UInt64, last: UInt64)
    /// Two partitions have the same GUID.
    case duplicateIdentifier(partition: Int, other: Int)

    // What is wrong with a table that was read.

    /// There is no 0x55 0xAA at the end of the sector at `offset`, in bytes.
    case noMBR(offset: UInt64)
    /// There is no GPT header in this sector.
    case noHeader(sector: UInt64)
    /// The field `field` of the GPT header in this sector has a value that cannot be.
    case invalidField(field: String, sector: UInt64)
    /// The CRC of the GPT header in this sector.
    case wrongHeaderCRC(sector: UInt64, stored: UInt32, computed: UInt32)
    /// The CRC of the partition entries that begin in this sector.
    case wrongEntriesCRC(sector: UInt64, stored: UInt32, computed: UInt32)
    /// The two headers contradict each other in `field`.
    case headersDiffer(field: String)
    /// A GPT is there, but the MBR has no entry of type 0xEE.
    case noProtectiveEntry
    /// Neither a GPT nor an MBR.
    case noTable
}

extension PartitionTableError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .bootCodeTooLong(let size, let limit): "\(size) bytes of boot code, an MBR holds \(limit)"
        case .tooManyPartitions(let count, let limit): "\(count) partitions, the table holds \(limit)"
        case .nameTooLong(let partition, let name):
            "partition \(partition): the name \"\(name)\" is longer than the 36 UTF-16 units of a GPT"
        case .beyondMBR(let partition, let sector):
            "partition \(partition): sector \(sector) is beyond the 2 TiB of an MBR; use a GPT"
        case .diskTooSmall(let needed, let available):
            "the disk has \(available) bytes, \(needed) are needed; ask for a larger one"
        case .notWholeSectors(let size): "a disk of \(size) bytes is no whole number of 512-byte sectors"
        case .badAlignment(let alignment): "an alignment of \(alignment) bytes is no power of two from 512 on"
        case .imageOccupied(let offset): "the image has contents at byte \(offset), where the table goes"
        default: readingDescription
        }
    }

    private var readingDescription: String {
        switch self {
        case .overlap(let partition, let other): "partitions \(partition) and \(other) overlap"
        case .emptyRange(let partition, let first, let last):
            "partition \(partition) goes from sector \(first) to sector \(last)"
        case .outside(let partition, let first, let last):
            "partition \(partition) is not within the sectors \(first) to \(last)"
        case .duplicateIdentifier(let partition, let other):
            "partitions \(partition) and \(other) have the same GUID"
        case .noMBR(let offset): "no MBR signature in the sector at byte \(offset)"
        case .noHeader(let sector): "no GPT header in sector \(sector)"
        case .invalidField(let field, let sector): "the GPT header in sector \(sector) has no valid \(field)"
        case .wrongHeaderCRC(let sector, let stored, let computed):
            "the GPT header in sector \(sector) says CRC \(hex(stored)), its bytes have \(hex(computed))"
        case .wrongEntriesCRC(let sector, let stored, let computed):
            "the partition entries in sector \(sector) should have CRC \(hex(stored)) and have \(hex(computed))"
        case .headersDiffer(let field): "the two GPT headers contradict each other in \(field)"
        case .noProtectiveEntry: "the disk has a GPT, but no MBR entry of type 0xEE protects it"
        case .noTable: "neither a GPT nor an MBR"
        default: ""
        }
    }

    private func hex(_ value: UInt32) -> String { "0x\(String(value, radix: 16))" }
}
