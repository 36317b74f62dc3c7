public import Bytes

/// Why a qcow2 image could not be written or opened. Offsets count from the start of the image.
public enum QCOW2Error: Error, Equatable, Sendable {
    /// The disk, the image or the sink failed.
    case stream(StreamError)
    /// The disk's `size` is not a multiple of 512 bytes; pad it.
    case notWholeSectors(size: UInt64)
    /// A disk of `size` bytes needs a larger L1 table than QEMU loads; the maximum is `limit` bytes.
    case diskTooLarge(size: UInt64, limit: UInt64)
    /// No qcow2 header was found at byte 0.
    case badMagic
    /// The version is neither 2 nor 3.
    case unsupportedVersion(UInt32)
    /// The image uses an unsupported feature: a backing file, encryption, or an unknown one.
    case unsupported(feature: String)
    /// The header's field `field`, or the table that it refers to, is invalid.
    case invalidField(field: String, offset: UInt64)
}

extension QCOW2Error: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .notWholeSectors(let size):
            "qcow2: the disk size, \(size) bytes, is not a multiple of 512; pad it"
        case .diskTooLarge(let size, let limit):
            "qcow2: a disk of \(size) bytes is too large: the limit is \(limit) with clusters of 64 KiB"
        case .badMagic: "no qcow2 header at byte 0"
        case .unsupportedVersion(let version):
            "unsupported qcow2 version \(version); versions 2 and 3 are supported"
        case .unsupported(let feature):
            "the qcow2 image needs \(feature), which is not read here; convert it with qemu-img first"
        case .invalidField(let field, let offset):
            "the qcow2 header at byte \(offset) has no valid \(field)"
        }
    }
}
