public import Bytes

/// One row of the section table (PE format, "Section Table (Section Headers)").
public struct SectionHeader: Hashable, Sendable {
    static let size = 40

    /// Up to 8 bytes, without the zeros that fill them up.
    public var name: ByteString
    /// Bytes in memory.
    public var virtualSize: UInt32
    /// Bytes from the image's base in memory.
    public var virtualAddress: UInt32
    /// Bytes in the file.
    public var sizeOfRawData: UInt32
    /// Bytes from the start of the file.
    public var pointerToRawData: UInt32
    public var characteristics: Characteristics

    /// PE format, "Section Flags".
    public struct Characteristics: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// `IMAGE_SCN_CNT_CODE`.
        public static let code = Characteristics(rawValue: 0x0000_0020)
        /// `IMAGE_SCN_CNT_INITIALIZED_DATA`.
        public static let initializedData = Characteristics(rawValue: 0x0000_0040)
        /// `IMAGE_SCN_MEM_EXECUTE`.
        public static let execute = Characteristics(rawValue: 0x2000_0000)
        /// `IMAGE_SCN_MEM_READ`.
        public static let read = Characteristics(rawValue: 0x4000_0000)
    }

    /// The first byte of the file after the section.
    var rawEnd: UInt64 { UInt64(pointerToRawData) + UInt64(sizeOfRawData) }
    /// The first byte of the memory after the section.
    var virtualEnd: UInt64 { UInt64(virtualAddress) + UInt64(virtualSize) }
}

extension SectionHeader {
    /// Nil unless there are 40 bytes at `offset`.
    init?(_ bytes: [UInt8], at offset: Int) {
        guard let virtualSize = bytes.little(UInt32.self, at: offset + 8),
            let virtualAddress = bytes.little(UInt32.self, at: offset + 12),
            let sizeOfRawData = bytes.little(UInt32.self, at: offset + 16),
            let pointerToRawData = bytes.little(UInt32.self, at: offset + 20),
            let characteristics = bytes.little(UInt32.self, at: offset + 36)
        else { return nil }
        name = ByteString(bytes[offset..<offset + 8].prefix { $0 != 0 })
        self.virtualSize = virtualSize
        self.virtualAddress = virtualAddress
        self.sizeOfRawData = sizeOfRawData
        self.pointerToRawData = pointerToRawData
        self.characteristics = Characteristics(rawValue: characteristics)
    }

    /// Without relocations and line numbers, which images don't have.
    var bytes: [UInt8] {
        var bytes = Array(name.bytes.prefix(8))
        bytes.append(zeros: 8 - bytes.count)
        bytes.append(little: virtualSize)
        bytes.append(little: virtualAddress)
        bytes.append(little: sizeOfRawData)
        bytes.append(little: pointerToRawData)
        // PointerToRelocations, PointerToLinenumbers, NumberOfRelocations, NumberOfLinenumbers.
        bytes.append(zeros: 12)
        bytes.append(little: characteristics.rawValue)
        return bytes
    }
}
