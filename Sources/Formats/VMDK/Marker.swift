internal import Bytes

/// What stands before everything in a stream-optimized image ("Stream-Optimized Compressed Sparse Extents"): a
/// sector number or count, a size, and, where the size is 0, a type in a sector of its own.
enum Marker {
    enum Kind: UInt32 {
        case endOfStream = 0
        case grainTable = 1
        case grainDirectory = 2
        case footer = 3
    }

    /// Bytes of a grain marker's number and size, before the data.
    static let grainHead = 12

    /// The sector before `sectors` sectors of metadata.
    static func metadata(_ kind: Kind, sectors: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: sectors)
        bytes.append(little: UInt32(0))
        bytes.append(little: kind.rawValue)
        bytes.append(zeros: 512 - bytes.count)
        return bytes
    }

    /// A grain: the sector of the disk at which it starts, the size of its data, these, and zeros up to a sector.
    static func appendGrain(_ data: [UInt8], sector: UInt64, to bytes: inout [UInt8]) {
        bytes.append(little: sector)
        bytes.append(little: UInt32(data.count))
        bytes.append(contentsOf: data)
        bytes.align(to: 512)
    }
}
