public import Bytes

/// Why a VMDK image could not be written or opened. Offsets count from the start of the image.
public enum VMDKError: Error, Equatable, Sendable {
    /// The disk, the image or the sink failed.
    case stream(StreamError)
    /// A disk of `size` bytes is not made of whole sectors of 512 bytes, or of none; pad it.
    case notWholeSectors(size: UInt64)
    /// A disk of `size` bytes would take more than 2^32 sectors of the image, which its tables can't say;
    /// `limit` bytes are the most that are sure to fit.
    case diskTooLarge(size: UInt64, limit: UInt64)
    /// There is no sparse extent header at byte 0; a descriptor in a file of its own, without the disk, is no image either.
    case badMagic
    /// The version of the sparse extent header; 1 to 3 are read.
    case unsupportedVersion(UInt32)
    /// The image needs something that is not read here: a parent, several extents, another compression.
    case unsupported(feature: String)
    /// The field `field` of the header at `offset`, or the table that it leads to, holds no valid value.
    case invalidField(field: String, offset: UInt64)
}

extension VMDKError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .notWholeSectors(let size):
            "VMDK: a disk of \(size) bytes is not made of whole sectors of 512 bytes; pad it"
        case .diskTooLarge(let size, let limit):
            "VMDK: a disk of \(size) bytes; one file holds \(limit); use qcow2 or raw"
        case .badMagic: "no VMDK sparse extent header at byte 0"
        case .unsupportedVersion(let version): "VMDK version \(version); versions 1 to 3 are read"
        case .unsupported(let feature):
            "the VMDK image needs \(feature), which is not read here; convert it with qemu-img first"
        case .invalidField(let field, let offset):
            "the VMDK header at byte \(offset) has no valid \(field)"
        }
    }
}
