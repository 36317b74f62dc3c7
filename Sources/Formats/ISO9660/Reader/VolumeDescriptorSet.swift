internal import Bytes

/// What a reader takes from the volume descriptors (ECMA-119 8).
struct VolumeDescriptorSet: Sendable {
    /// A primary or supplementary descriptor.
    struct Volume: Sendable {
        let identifier: [UInt8]
        let sectors: UInt32
        /// The root's directory record, 34 bytes, and where it is.
        let root: [UInt8]
        let rootOffset: UInt64
    }

    let primary: Volume
    let joliet: Volume?
    /// The sector of the boot catalog.
    let bootCatalog: UInt32?

    /// Descriptors looked at before the terminator is missed.
    private static let limit = 64

    init(_ image: ImageBytes) throws(ISO9660Error) {
        var primary: Volume?
        var joliet: Volume?
        var catalog: UInt32?
        for index in 0..<Self.limit {
            let offset = UInt64((Sector.systemArea + index) * Sector.size)
            // Before there is a primary descriptor, an image that ends is simply none.
            guard primary != nil || image.count >= offset + UInt64(Sector.size) else {
                throw .notISO9660(offset: offset)
            }
            let bytes = try image.bytes(offset, Sector.size, of: "volume descriptor")
            guard bytes[1..<6].elementsEqual(VolumeDescriptor.identifier) else {
                throw .notISO9660(offset: offset)
            }
            switch bytes[0] {
            case VolumeDescriptor.bootRecordType where Self.isElTorito(bytes):
                catalog = catalog ?? bytes.little(at: 71)
            case VolumeDescriptor.primaryType where primary == nil:
                primary = try Self.volume(bytes, at: offset)
            case VolumeDescriptor.supplementaryType where joliet == nil && Self.isJoliet(bytes):
                joliet = try Self.volume(bytes, at: offset)
            case VolumeDescriptor.terminatorType:
                guard let primary else { throw .notISO9660(offset: offset) }
                (self.primary, self.joliet, bootCatalog) = (primary, joliet, catalog)
                return
            default: break
            }
        }
        throw .limitExceeded(
            what: "volume descriptors", limit: UInt64(Self.limit),
            offset: UInt64(Sector.systemArea * Sector.size))
    }

    private static func isElTorito(_ bytes: [UInt8]) -> Bool {
        bytes[7...].starts(with: VolumeDescriptor.elToritoSystem)
    }

    /// UCS-2 of level 1, 2 or 3.
    private static func isJoliet(_ bytes: [UInt8]) -> Bool {
        [0x40, 0x43, 0x45].contains { bytes[88...].starts(with: [0x25, 0x2F, $0]) }
    }

    private static func volume(_ bytes: [UInt8], at offset: UInt64) throws(ISO9660Error) -> Volume {
        let blockSize: UInt16 = bytes.little(at: 128) ?? 0
        guard Int(blockSize) == Sector.size else {
            throw .corrupt(
                what: "volume descriptor", offset: offset,
                reason: "logical blocks of \(blockSize) bytes, not 2048")
        }
        return Volume(
            identifier: Array(bytes[40..<72]), sectors: bytes.little(at: 80) ?? 0,
            root: Array(bytes[156..<190]),
            rootOffset: offset + 156)
    }
}
