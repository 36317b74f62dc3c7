public import Bytes

/// Why a partition table could not be laid out or read. Sectors have 512 bytes and count from the start of the disk.
public enum PartitionTableError: Error, Equatable, Sendable {
    /// The disk could not be read.
    case stream(StreamError)

    // Writing.

    /// The boot code is larger than `limit` bytes.
    case bootCodeTooLong(size: Int, limit: Int)
    /// More partitions than the table has entries.
    case tooManyPartitions(count: Int, limit: Int)
    /// The name is longer than the 36 UTF-16 code units of a GPT entry.
    case nameTooLong(partition: Int, name: String)
    /// An MBR has 32-bit sector numbers: partitions beyond 2 TiB need a GPT.
    case beyondMBR(partition: Int, sector: UInt64)
    /// The disk has `available` bytes, but `needed` are required.
    case diskTooSmall(needed: UInt64, available: UInt64)
    /// The disk's size is not a multiple of the sector size.
    case notWholeSectors(size: UInt64)
    /// The alignment is not a power of two of at least one sector.
    case badAlignment(UInt64)
    /// The image that a table is put in front of has contents in the table's sectors.
    case imageOccupied(offset: UInt64)

    // Writing and reading.

    /// Two partitions, numbered from 1, share sectors.
    case overlap(partition: Int, other: Int)
    /// The partition ends before it starts.
    case emptyRange(partition: Int, first: UInt64, last: UInt64)
    /// The partition lies outside `first ... last`, the sectors of the disk or those that the GPT leaves for partitions.
    case outside(partition: Int, first: UInt64, last: UInt64)
    /// Two partitions have the same GUID.
    case duplicateIdentifier(partition: Int, other: Int)

    // Reading.

    /// The sector at byte `offset` does not end in 0x55 0xAA.
    case noMBR(offset: UInt64)
    /// This sector does not contain a GPT header.
    case noHeader(sector: UInt64)
    /// The field `field` of the GPT header in this sector is invalid.
    case invalidField(field: String, sector: UInt64)
    /// The CRC of the GPT header in this sector does not match.
    case wrongHeaderCRC(sector: UInt64, stored: UInt32, computed: UInt32)
    /// The CRC of the partition entries that begin in this sector does not match.
    case wrongEntriesCRC(sector: UInt64, stored: UInt32, computed: UInt32)
    /// The two headers differ in `field`.
    case headersDiffer(field: String)
    /// The disk has a GPT, but the MBR has no entry of type 0xEE.
    case noProtectiveEntry
    /// The disk has neither a GPT nor an MBR.
    case noTable
}

extension PartitionTableError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .bootCodeTooLong(let size, let limit):
            "the boot code has \(size) bytes, but an MBR holds \(limit)"
        case .tooManyPartitions(let count, let limit):
            "\(count) partitions exceed the table's limit of \(limit)"
        case .nameTooLong(let partition, let name):
            "partition \(partition): the name \"\(name)\" is longer than the 36 UTF-16 units of a GPT"
        case .beyondMBR(let partition, let sector):
            "partition \(partition): sector \(sector) is beyond the 2 TiB of an MBR; use a GPT"
        case .diskTooSmall(let needed, let available):
            "the disk has \(available) bytes, but \(needed) are needed; request a larger size"
        case .notWholeSectors(let size): "a disk of \(size) bytes is not a whole number of 512-byte sectors"
        case .badAlignment(let alignment):
            "invalid alignment of \(alignment) bytes: it must be a power of two, at least 512"
        case .imageOccupied(let offset):
            "the image has contents at byte \(offset), where the partition table must be"
        default: readingDescription
        }
    }

    private var readingDescription: String {
        switch self {
        case .overlap(let partition, let other): "partitions \(partition) and \(other) overlap"
        case .emptyRange(let partition, let first, let last):
            "partition \(partition) is invalid: it starts at sector \(first) and ends at sector \(last)"
        case .outside(let partition, let first, let last):
            "partition \(partition) is not within the sectors \(first) to \(last)"
        case .duplicateIdentifier(let partition, let other):
            "partitions \(partition) and \(other) have the same GUID"
        case .noMBR(let offset): "no MBR signature in the sector at byte \(offset)"
        case .noHeader(let sector): "no GPT header in sector \(sector)"
        case .invalidField(let field, let sector): "invalid \(field) in the GPT header in sector \(sector)"
        case .wrongHeaderCRC(let sector, let stored, let computed):
            "CRC mismatch in the GPT header in sector \(sector): stored \(hex(stored)), computed \(hex(computed))"
        case .wrongEntriesCRC(let sector, let stored, let computed):
            "CRC mismatch in the partition entries in sector \(sector): stored \(hex(stored)), computed \(hex(computed))"
        case .headersDiffer(let field): "the two GPT headers differ in \(field)"
        case .noProtectiveEntry: "the disk has a GPT, but no MBR entry of type 0xEE protects it"
        case .noTable: "no partition table found: neither a GPT nor an MBR"
        default: ""
        }
    }

    private func hex(_ value: UInt32) -> String { "0x\(String(value, radix: 16))" }
}
