public import Bytes

/// Why a U-Boot image could not be written or read. Offsets count from the start of the image.
public enum UImageError: Error, Equatable, Sendable {
    /// The contents could not be read.
    case stream(StreamError)
    /// The image ends at `offset`, inside `what`.
    case truncated(what: String, offset: UInt64)
    /// No image header was found at the start, but `found`.
    case badMagic(found: UInt32)
    /// The header's checksum does not match: `stored` in the header, `computed` from its bytes.
    case badHeaderChecksum(stored: UInt32, computed: UInt32)
    /// The data's checksum does not match: `stored` in the header, `computed` from the data.
    case badDataChecksum(stored: UInt32, computed: UInt32)
    /// The table of a multi-file image is malformed at `offset`.
    case badFileTable(offset: UInt64, reason: String)
    /// The name has `length` bytes; the limit is 32.
    case nameTooLong(ByteString, length: Int)
    /// The contents have `size` bytes; the limit is 2^32 - 1.
    case tooLarge(size: UInt64)
    /// A multi-file image needs at least one file and cannot hold empty ones: a size of 0 ends the table.
    case emptyFile(index: Int)
    /// Only a multi-file image or a script can hold several files.
    case severalFiles(count: Int)
}

extension UImageError: CustomStringConvertible {
    public var description: String {
        func hex(_ value: UInt32) -> String { "0x" + String(value, radix: 16) }
        return switch self {
        case .stream(let error): "\(error)"
        case .truncated(let what, let offset):
            "the U-Boot image is truncated at byte \(offset), inside its \(what)"
        case .badMagic(let found): "not a U-Boot image: it starts with \(hex(found)), not 0x27051956"
        case .badHeaderChecksum(let stored, let computed):
            "U-Boot image header checksum mismatch: stored \(hex(stored)), computed \(hex(computed))"
        case .badDataChecksum(let stored, let computed):
            "U-Boot image data checksum mismatch: stored \(hex(stored)), computed \(hex(computed))"
        case .badFileTable(let offset, let reason):
            "the U-Boot image's table of files at byte \(offset) \(reason)"
        case .nameTooLong(let name, let length):
            "\(name): the name has \(length) bytes; a U-Boot image's name is limited to 32"
        case .tooLarge(let size):
            "contents of \(size) bytes are too large: a U-Boot image holds less than 4 GiB"
        case .emptyFile(let index):
            "file \(index) of the U-Boot image is empty or missing; give at least one byte"
        case .severalFiles(let count):
            "\(count) files given, but a U-Boot image of this type holds one; use the type multi"
        }
    }
}
