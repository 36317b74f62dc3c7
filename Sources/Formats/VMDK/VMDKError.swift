public import Bytes

/// Why a VMDK image could not be written or opened. Offsets count from the start of the image.
public enum VMDKError: Error, Equatable, Sendable {
    /// The disk, the image or the sink failed.
    case stream(StreamError)
    /// The disk's `size` is 0 or not a multiple of 512 bytes; pad it.
    case notWholeSectors(size: UInt64)
    /// A disk of `size` bytes would need more than the 2^32 sectors that an image can address; up to
    /// `limit` bytes are certain to fit.
    case diskTooLarge(size: UInt64, limit: UInt64)
    /// No sparse extent header was found at byte 0; a descriptor file alone, without the disk, is not an image.
    case badMagic
    /// The version of the sparse extent header is unsupported; 1 to 3 are supported.
    case unsupportedVersion(UInt32)
    /// The image uses an unsupported feature: a parent, several extents, another compression.
    case unsupported(feature: String)
    /// The field `field` of the header at `offset`, or the table that it refers to, is invalid.
    case invalidField(field: String, offset: UInt64)
}

extension VMDKError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .notWholeSectors(let size):
            "VMDK: the disk size, \(size) bytes, is not a multiple of 512; pad it"
        case .diskTooLarge(let size, let limit):
            "VMDK: a disk of \(size) bytes is too large: one file holds \(limit); use qcow2 or raw"
        case .badMagic: "no VMDK sparse extent header at byte 0"
        case .unsupportedVersion(let version):
            "unsupported VMDK version \(version); versions 1 to 3 are supported"
        case .unsupported(let feature):
            "the VMDK image uses an unsupported feature: \(feature); convert it with qemu-img first"
        case .invalidField(let field, let offset):
            "invalid \(field) in the VMDK header at byte \(offset)"
        }
    }
}
