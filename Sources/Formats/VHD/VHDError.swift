public import Bytes

/// Why a virtual hard disk could not be written or opened. Offsets count from the start of the image.
public enum VHDError: Error, Equatable, Sendable {
    /// The disk, the image or the sink failed.
    case stream(StreamError)
    /// The disk's `size` is 0 or not a multiple of 512 bytes; pad it.
    case notWholeSectors(size: UInt64)
    /// The disk's `size` exceeds `limit` bytes (2040 GiB), the maximum that Hyper-V and QEMU support.
    case diskTooLarge(size: UInt64, limit: UInt64)
    /// No footer was found in the last 512 bytes.
    case noFooter
    /// The checksum of `structure` at `offset` is wrong.
    case checksumMismatch(structure: String, offset: UInt64)
    /// The disk is a differencing disk, which is unusable without its parent, or of an unknown kind.
    case unsupported(diskType: UInt32)
    /// The field `field` of the structure at `offset`, or the table it refers to, is invalid.
    case invalidField(field: String, offset: UInt64)
}

extension VHDError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .notWholeSectors(let size):
            "VHD: the disk size, \(size) bytes, is not a multiple of 512; pad it"
        case .diskTooLarge(let size, let limit):
            "VHD: a disk of \(size) bytes is too large: the limit is \(limit) (2040 GiB); use qcow2 or raw"
        case .noFooter: "no VHD footer in the last 512 bytes"
        case .checksumMismatch(let structure, let offset):
            "checksum mismatch in the VHD \(structure) at byte \(offset)"
        case .unsupported(diskType: 4):
            "the VHD is a differencing disk, which cannot be read without its parent; merge it first"
        case .unsupported(let type):
            "unsupported VHD disk type \(type); fixed (2) and dynamic (3) are supported"
        case .invalidField(let field, let offset):
            "invalid \(field) in the VHD structure at byte \(offset)"
        }
    }
}
