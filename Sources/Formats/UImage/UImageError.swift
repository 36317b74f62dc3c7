public import Bytes

/// Why a U-Boot image could not be written or read. Offsets count from the start of the image.
public enum UImageError: Error, Equatable, Sendable {
    /// The contents could not be read.
    case stream(StreamError)
    /// The image stops at `offset`, inside `what`.
    case truncated(what: String, offset: UInt64)
    /// There is no image header at the start: `found` stands there.
    case badMagic(found: UInt32)
    /// The header's checksum is `stored`, its bytes have `computed`.
    case badHeaderChecksum(stored: UInt32, computed: UInt32)
    /// The data's checksum is `stored`, the bytes have `computed`.
    case badDataChecksum(stored: UInt32, computed: UInt32)
    /// The table of a multi-file image is not what it should be at `offset`.
    case badFileTable(offset: UInt64, reason: String)
    /// The name has `length` bytes; the header holds 32.
    case nameTooLong(ByteString, length: Int)
    /// The contents have `size` bytes; the header counts up to 2^32 - 1.
    case tooLarge(size: UInt64)
    /// A multi-file image needs at least one file, and none of them empty: a size of 0 ends the table.
    case emptyFile(index: Int)
    /// Only a multi-file image or a script holds several files.
    case severalFiles(count: Int)
}

extension UImageError: CustomStringConvertible {
    public var description: String {
        func hex(_ value: UInt32) -> String { "0x" + String(value, radix: 16) }
        return switch self {
        case .stream(let error): "\(error)"
        case .truncated(let what, let offset): "the U-Boot image stops at byte \(offset), inside its \(what)"
        case .badMagic(let found): "no U-Boot image: it starts with \(hex(found)), not 0x27051956"
        case .badHeaderChecksum(let stored, let computed):
            "the U-Boot image's header says its checksum is \(hex(stored)), it is \(hex(computed))"
        case .badDataChecksum(let stored, let computed):
            "the U-Boot image's header says its data's checksum is \(hex(stored)), it is \(hex(computed))"
        case .badFileTable(let offset, let reason):
            "the U-Boot image's table of files at byte \(offset) \(reason)"
        case .nameTooLong(let name, let length):
            "\(name): a U-Boot image's name has up to 32 bytes, this has \(length)"
        case .tooLarge(let size): "\(size) bytes; a U-Boot image holds less than 4 GiB"
        case .emptyFile(let index):
            "file \(index) of the U-Boot image is empty or missing; give at least one byte"
        case .severalFiles(let count):
            "\(count) files for a U-Boot image that holds one; use the type multi"
        }
    }
}
