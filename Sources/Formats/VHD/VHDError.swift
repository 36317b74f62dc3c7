public import Bytes

/// Why a virtual hard disk could not be written or opened. Offsets count from the start of the image.
public enum VHDError: Error, Equatable, Sendable {
    /// The disk, the image or the sink failed.
    case stream(StreamError)
    /// A disk of `size` bytes is not made of whole sectors of 512 bytes, or of none; pad it.
    case notWholeSectors(size: UInt64)
    /// A disk of `size` bytes; `limit` bytes (2040 GiB) are the most that Hyper-V and QEMU take.
    case diskTooLarge(size: UInt64, limit: UInt64)
    /// There is no footer in the last 512 bytes.
    case noFooter
    /// The checksum of `structure` at `offset` is wrong.
    case checksumMismatch(structure: String, offset: UInt64)
    /// A differencing disk, which is nothing without its parent, or a kind of disk that is not known.
    case unsupported(diskType: UInt32)
    /// The field `field` of the structure at `offset`, or the table it leads to, holds no valid value.
    case invalidField(field: String, offset: UInt64)
}

extension VHDError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .stream(let error): "\(error)"
        case .notWholeSectors(let size):
            "VHD: a disk of \(size) bytes is not made of whole sectors of 512 bytes; pad it"
        case .diskTooLarge(let size, let limit):
            "VHD: a disk of \(size) bytes; the format holds \(limit) (2040 GiB); use qcow2 or raw"
        case .noFooter: "no VHD footer in the last 512 bytes"
        case .checksumMismatch(let structure, let offset):
            "the VHD \(structure) at byte \(offset) has a wrong checksum"
        case .unsupported(diskType: 4):
            "the VHD is a differencing disk, which cannot be read without its parent; merge it first"
        case .unsupported(let type): "the VHD's disk type is \(type); fixed (2) and dynamic (3) are read"
        case .invalidField(let field, let offset):
            "the VHD structure at byte \(offset) has no valid \(field)"
        }
    }
}
