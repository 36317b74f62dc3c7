public import Bytes

/// Why a qcow2 image could not be written or opened. Offsets count from the start of the image.
public enum QCOW2Error: Error, Equatable, Sendable {
    /// The disk, the image or the sink failed.
    case stream(StreamError)
    /// A disk of `size` bytes is not made of whole sectors of 512 bytes; pad it.
    case notWholeSectors(size: UInt64)
    /// A disk of `size` bytes needs a larger L1 table than QEMU loads; `limit` bytes are the most.
    case diskTooLarge(size: UInt64, limit: UInt64)
    /// There is no qcow2 header at byte 0.
    case badMagic
    /// Neither version 2 nor version 3.
    case unsupportedVersion(UInt32)
    /// The image needs something that is not read here: a backing file, encryption, an unknown feature.
    case unsupported(feature: String)
    /// The header's field `field`, or the table that it leads to, holds no valid value.
    case invalidField(field: String, offset: UInt64)
}

extension QCOW2Error: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .notWholeSectors(let size):
            "qcow2: a disk of \(size) bytes is not made of whole sectors of 512 bytes; pad it"
        case .diskTooLarge(let size, let limit):
            "qcow2: a disk of \(size) bytes; the format holds \(limit) with clusters of 64 KiB"
        case .badMagic: "no qcow2 header at byte 0"
        case .unsupportedVersion(let version): "qcow2 version \(version); versions 2 and 3 are read"
        case .unsupported(let feature):
            "the qcow2 image needs \(feature), which is not read here; convert it with qemu-img first"
        case .invalidField(let field, let offset):
            "the qcow2 header at byte \(offset) has no valid \(field)"
        }
    }
}
