internal import Bytes

/// A partition in a GPT, an entry of 128 bytes (UEFI 2.10 §5.3.3).
public struct GPTPartition: Hashable, Sendable {
    static let entrySize = 128
    static let nameLimit = 36

    /// PartitionTypeGUID.
    public var type: GUID
    /// UniquePartitionGUID.
    public var identifier: GUID
    /// StartingLBA.
    public var firstSector: UInt64
    /// EndingLBA: the last sector, inclusive.
    public var lastSector: UInt64
    public var attributes: Attributes
    /// PartitionName, up to 36 UTF-16 code units.
    public var name: String

    /// Attributes (UEFI 2.10, table 5.8).
    public struct Attributes: OptionSet, Hashable, Sendable {
        public let rawValue: UInt64
        public init(rawValue: UInt64) { self.rawValue = rawValue }

        /// The platform needs the partition to work.
        public static let required = Attributes(rawValue: 1 << 0)
        /// Firmware leaves the partition alone.
        public static let noBlockIO = Attributes(rawValue: 1 << 1)
        /// A BIOS may boot from the partition; some boot code looks for it.
        public static let legacyBootable = Attributes(rawValue: 1 << 2)
        /// Basic data partitions: read only.
        public static let readOnly = Attributes(rawValue: 1 << 60)
        /// Basic data partitions: no drive letter.
        public static let noAutomount = Attributes(rawValue: 1 << 63)
    }

    public init(
        type: GUID, identifier: GUID, firstSector: UInt64, lastSector: UInt64, name: String = "",
        attributes: Attributes = []
    ) {
        self.type = type
        self.identifier = identifier
        self.firstSector = firstSector
        self.lastSector = lastSector
        self.name = name
        self.attributes = attributes
    }

    /// `number` counts from 1 and is for the error.
    func encoded(number: Int) throws(PartitionTableError) -> [UInt8] {
        let units = Array(name.utf16)
        guard units.count <= Self.nameLimit else { throw .nameTooLong(partition: number, name: name) }
        var bytes = type.onDisk + identifier.onDisk
        bytes.append(little: firstSector)
        bytes.append(little: lastSector)
        bytes.append(little: attributes.rawValue)
        for unit in units { bytes.append(little: unit) }
        bytes.append(zeros: Self.entrySize - bytes.count)
        return bytes
    }

    /// The entry at the start of `bytes`, 128 at least; nil if it is unused.
    init?(_ bytes: ArraySlice<UInt8>) {
        let bytes = Array(bytes)
        guard let first: UInt64 = bytes.little(at: 32), let last: UInt64 = bytes.little(at: 40),
            let attributes: UInt64 = bytes.little(at: 48), bytes.count >= Self.entrySize
        else { return nil }
        type = GUID(onDisk: bytes[0..<16])
        if type == .zero { return nil }
        identifier = GUID(onDisk: bytes[16..<32])
        firstSector = first
        lastSector = last
        self.attributes = Attributes(rawValue: attributes)
        let units = (0..<Self.nameLimit).compactMap { bytes.little(UInt16.self, at: 56 + $0 * 2) }
        name = String(decoding: units.prefix { $0 != 0 }, as: UTF16.self)
    }
}
