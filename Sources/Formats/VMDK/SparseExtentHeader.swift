internal import Bytes

/// The header of a sparse extent (Virtual Disk Format 5.0, "Hosted Sparse Extent Header"): a sector, at
/// the start of the image and, where that says so, with the place of the grain directory in the footer. Numbers are
/// little-endian, offsets and sizes are sectors.
public struct SparseExtentHeader: Hashable, Sendable {
    static let size = 512
    /// `KDMV`.
    static let magic: UInt32 = 0x564D_444B
    /// The grain directory is where the footer says.
    static let directoryAtEnd: UInt64 = .max
    /// What the format's tools write: 64 KiB.
    static let defaultGrainSize: UInt64 = 128

    public struct Flags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// The four characters that tell whether a transfer as text broke the image are there.
        public static let validNewLineTest = Flags(rawValue: 1 << 0)
        public static let redundantTable = Flags(rawValue: 1 << 1)
        /// A grain table entry of 1 stands for a grain of zeros.
        public static let zeroedGrains = Flags(rawValue: 1 << 2)
        public static let compressedGrains = Flags(rawValue: 1 << 16)
        public static let markers = Flags(rawValue: 1 << 17)
    }

    /// What QEMU and VMware's tools write for stream-optimized images.
    public var version: UInt32 = 3
    public var flags: Flags = [.validNewLineTest, .compressedGrains, .markers]
    /// Sectors of the disk.
    public var capacity: UInt64
    public var grainSize = defaultGrainSize
    public var descriptorOffset: UInt64 = 1
    public var descriptorSize: UInt64
    /// Entries of a grain table.
    public var grainTableEntries: UInt32 = 512
    public var redundantDirectoryOffset: UInt64 = 0
    public var directoryOffset = directoryAtEnd
    /// Sectors before the first grain.
    public var overhead: UInt64 = defaultGrainSize
    public var uncleanShutdown: UInt8 = 0
    /// 0 for none, 1 for DEFLATE.
    public var compressAlgorithm: UInt16 = 1

    init(capacity: UInt64, descriptorSize: UInt64) {
        self.capacity = capacity
        self.descriptorSize = descriptorSize
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.size)
        bytes.append(little: Self.magic)
        bytes.append(little: version)
        bytes.append(little: flags.rawValue)
        bytes.append(little: capacity)
        bytes.append(little: grainSize)
        bytes.append(little: descriptorOffset)
        bytes.append(little: descriptorSize)
        bytes.append(little: grainTableEntries)
        bytes.append(little: redundantDirectoryOffset)
        bytes.append(little: directoryOffset)
        bytes.append(little: overhead)
        bytes.append(uncleanShutdown)
        bytes.append(contentsOf: Self.newLineTest)
        bytes.append(little: compressAlgorithm)
        bytes.append(zeros: Self.size - bytes.count)
        return bytes
    }

    /// singleEndLineChar, nonEndLineChar, doubleEndLineChar1 and 2.
    private static let newLineTest = Array("\n \r\n".utf8)

    /// The header in the 512 `bytes` that stand at `offset`.
    init(parsing bytes: [UInt8], at offset: UInt64) throws(VMDKError) {
        guard bytes.count == Self.size, bytes.little(UInt32.self, at: 0) == Self.magic else {
            throw .badMagic
        }
        version = bytes.little(at: 4) ?? 0
        guard (1...3).contains(version) else { throw .unsupportedVersion(version) }
        flags = Flags(rawValue: bytes.little(at: 8) ?? 0)
        capacity = bytes.little(at: 12) ?? 0
        grainSize = bytes.little(at: 20) ?? 0
        descriptorOffset = bytes.little(at: 28) ?? 0
        descriptorSize = bytes.little(at: 36) ?? 0
        grainTableEntries = bytes.little(at: 44) ?? 0
        redundantDirectoryOffset = bytes.little(at: 48) ?? 0
        directoryOffset = bytes.little(at: 56) ?? 0
        overhead = bytes.little(at: 64) ?? 0
        uncleanShutdown = bytes[72]
        compressAlgorithm = bytes.little(at: 77) ?? 0
        if flags.contains(.validNewLineTest), Array(bytes[73..<77]) != Self.newLineTest {
            throw .invalidField(field: "newline characters: it was transferred as text", offset: offset)
        }
        guard capacity <= UInt64(Int64.max) / 512 else {
            throw .invalidField(field: "capacity", offset: offset)
        }
        // The specification's smallest grain, 4 KiB, up to 4 MiB.
        guard (8...8192).contains(grainSize), grainSize.nonzeroBitCount == 1 else {
            throw .invalidField(field: "grainSize", offset: offset)
        }
        guard (1...512).contains(grainTableEntries) else {
            throw .invalidField(field: "numGTEsPerGT", offset: offset)
        }
        if flags.contains(.compressedGrains) != (compressAlgorithm == 1) {
            throw .invalidField(field: "compressAlgorithm", offset: offset)
        }
    }

    /// Bytes of the disk that one grain table maps.
    var tableSpan: UInt64 { UInt64(grainTableEntries) * grainSize * 512 }
    /// Grain tables that the disk needs.
    var tables: UInt64 { (capacity * 512) / tableSpan + ((capacity * 512) % tableSpan == 0 ? 0 : 1) }
}
