public import Bytes
internal import Checksums

/// The header of U-Boot's legacy image (U-Boot, include/image.h, `legacy_img_hdr`): 64 bytes, big-endian, before
/// the data.
public struct UImageHeader: Hashable, Sendable {
    public static let size = 64
    static let magic: UInt32 = 0x2705_1956
    /// `IH_NMLEN`.
    static let nameSize = 32

    /// Seconds since 1970.
    public var time: UInt32
    /// Bytes after the header.
    public var dataSize: UInt32
    /// Where U-Boot puts the data in memory.
    public var loadAddress: UInt32
    /// Where it jumps to.
    public var entryPoint: UInt32
    /// CRC-32 of the data.
    public var dataChecksum: UInt32
    public var operatingSystem: OperatingSystem
    public var architecture: Architecture
    public var type: ImageType
    public var compression: Compression
    /// Up to 32 bytes, without the zeros that fill them up.
    public var name: ByteString

    public init(
        time: UInt32, dataSize: UInt32, loadAddress: UInt32, entryPoint: UInt32, dataChecksum: UInt32,
        operatingSystem: OperatingSystem, architecture: Architecture, type: ImageType,
        compression: Compression,
        name: ByteString
    ) {
        self.time = time
        self.dataSize = dataSize
        self.loadAddress = loadAddress
        self.entryPoint = entryPoint
        self.dataChecksum = dataChecksum
        self.operatingSystem = operatingSystem
        self.architecture = architecture
        self.type = type
        self.compression = compression
        self.name = name
    }
}

extension UImageHeader {
    /// The header with its own checksum. A longer name is cut; `UImage` refuses it before.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(big: Self.magic)
        // The header's checksum, which is made with zero in its place.
        bytes.append(big: UInt32(0))
        bytes.append(big: time)
        bytes.append(big: dataSize)
        bytes.append(big: loadAddress)
        bytes.append(big: entryPoint)
        bytes.append(big: dataChecksum)
        bytes.append(operatingSystem.rawValue)
        bytes.append(architecture.rawValue)
        bytes.append(type.rawValue)
        bytes.append(compression.rawValue)
        bytes += name.bytes.prefix(Self.nameSize)
        bytes.append(zeros: Self.size - bytes.count)
        bytes.store(big: bytes.withUnsafeBytes { CRC32.checksum($0) }, at: 4)
        return bytes
    }

    /// Reads the header at the start of `bytes` and checks its checksum.
    public init(parsing bytes: [UInt8]) throws(UImageError) {
        guard bytes.count >= Self.size else {
            throw .truncated(what: "header", offset: UInt64(bytes.count))
        }
        func word(_ offset: Int) -> UInt32 { bytes.big(UInt32.self, at: offset) ?? 0 }
        guard word(0) == Self.magic else { throw .badMagic(found: word(0)) }
        var plain = Array(bytes[..<Self.size])
        plain.store(big: UInt32(0), at: 4)
        let computed = plain.withUnsafeBytes { CRC32.checksum($0) }
        guard word(4) == computed else { throw .badHeaderChecksum(stored: word(4), computed: computed) }
        self.init(
            time: word(8), dataSize: word(12), loadAddress: word(16), entryPoint: word(20),
            dataChecksum: word(24),
            operatingSystem: OperatingSystem(rawValue: bytes[28]),
            architecture: Architecture(rawValue: bytes[29]),
            type: ImageType(rawValue: bytes[30]), compression: Compression(rawValue: bytes[31]),
            name: ByteString(bytes[32..<64].prefix { $0 != 0 }))
    }
}
