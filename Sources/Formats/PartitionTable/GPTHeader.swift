internal import Bytes
internal import Checksums

/// A GPT header (UEFI 2.10 §5.3.2), one of the two.
struct GPTHeader: Hashable, Sendable {
    static let signature = Array("EFI PART".utf8)
    static let revision: UInt32 = 0x0001_0000
    static let size: UInt32 = 92

    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 { CRC32.checksum(bytes) }

    /// Where this header is.
    var myLBA: UInt64
    /// Where the other one is.
    var alternateLBA: UInt64
    var firstUsableLBA: UInt64
    var lastUsableLBA: UInt64
    var diskGUID: GUID
    /// Where the entries that belong to this header begin.
    var partitionEntryLBA: UInt64
    var numberOfPartitionEntries: UInt32
    var sizeOfPartitionEntry: UInt32
    var partitionEntryArrayCRC32: UInt32

    /// One sector.
    var encoded: [UInt8] {
        var bytes = Self.signature
        bytes.append(little: Self.revision)
        bytes.append(little: Self.size)
        // The CRC of the header with this field zero.
        bytes.append(little: UInt32(0))
        bytes.append(little: UInt32(0))
        bytes.append(little: myLBA)
        bytes.append(little: alternateLBA)
        bytes.append(little: firstUsableLBA)
        bytes.append(little: lastUsableLBA)
        bytes += diskGUID.onDisk
        bytes.append(little: partitionEntryLBA)
        bytes.append(little: numberOfPartitionEntries)
        bytes.append(little: sizeOfPartitionEntry)
        bytes.append(little: partitionEntryArrayCRC32)
        bytes.store(little: bytes.withUnsafeBytes(CRC32.checksum), at: 16)
        bytes.append(zeros: 512 - bytes.count)
        return bytes
    }

    /// The header in the 512 bytes of `sector`, its CRC checked.
    init(_ bytes: [UInt8], sector: UInt64) throws(PartitionTableError) {
        guard bytes.count >= 512, bytes.starts(with: Self.signature) else { throw .noHeader(sector: sector) }
        func field<Integer: FixedWidthInteger>(_ offset: Int) -> Integer { bytes.little(at: offset) ?? 0 }
        let size: UInt32 = field(12)
        guard (Self.size...512).contains(size) else {
            throw .invalidField(field: "HeaderSize", sector: sector)
        }
        var covered = Array(bytes[..<Int(size)])
        covered.store(little: UInt32(0), at: 16)
        let (stored, computed) = (field(16) as UInt32, covered.withUnsafeBytes(CRC32.checksum))
        if stored != computed { throw .wrongHeaderCRC(sector: sector, stored: stored, computed: computed) }
        myLBA = field(24)
        alternateLBA = field(32)
        firstUsableLBA = field(40)
        lastUsableLBA = field(48)
        diskGUID = GUID(onDisk: bytes[56..<72])
        partitionEntryLBA = field(72)
        numberOfPartitionEntries = field(80)
        sizeOfPartitionEntry = field(84)
        partitionEntryArrayCRC32 = field(88)
        try check(sector: sector)
    }

    init(
        myLBA: UInt64, alternateLBA: UInt64, usable: ClosedRange<UInt64>, diskGUID: GUID, entryLBA: UInt64,
        entries: [UInt8]
    ) {
        self.myLBA = myLBA
        self.alternateLBA = alternateLBA
        firstUsableLBA = usable.lowerBound
        lastUsableLBA = usable.upperBound
        self.diskGUID = diskGUID
        partitionEntryLBA = entryLBA
        sizeOfPartitionEntry = UInt32(GPTPartition.entrySize)
        numberOfPartitionEntries = UInt32(entries.count / GPTPartition.entrySize)
        partitionEntryArrayCRC32 = entries.withUnsafeBytes(CRC32.checksum)
    }

    /// Entries beyond these counts are no honest table's.
    static let entryLimit: UInt32 = 16384

    private func check(sector: UInt64) throws(PartitionTableError) {
        let sizes = GPTPartition.entrySize...4096
        guard sizes.contains(Int(sizeOfPartitionEntry)), sizeOfPartitionEntry.nonzeroBitCount == 1 else {
            throw .invalidField(field: "SizeOfPartitionEntry", sector: sector)
        }
        guard numberOfPartitionEntries <= Self.entryLimit else {
            throw .invalidField(field: "NumberOfPartitionEntries", sector: sector)
        }
        guard myLBA == sector else { throw .invalidField(field: "MyLBA", sector: sector) }
        guard partitionEntryLBA >= 2 else { throw .invalidField(field: "PartitionEntryLBA", sector: sector) }
        guard firstUsableLBA <= lastUsableLBA else {
            throw .invalidField(field: "FirstUsableLBA", sector: sector)
        }
    }
}
