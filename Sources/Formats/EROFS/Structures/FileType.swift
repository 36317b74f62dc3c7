internal import Bytes
internal import FileTree

/// What a file is, in an inode's mode (`st_mode`, Linux's numbers) and in a directory (`EROFS_FT_*`).
enum FileType: UInt16 {
    case fifo = 0o010000
    case characterDevice = 0o020000
    case directory = 0o040000
    case blockDevice = 0o060000
    case regular = 0o100000
    case symbolicLink = 0o120000
    case socket = 0o140000

    init(_ kind: FileKind) {
        switch kind {
        case .regular: self = .regular
        case .directory: self = .directory
        case .symbolicLink: self = .symbolicLink
        case .characterDevice: self = .characterDevice
        case .blockDevice: self = .blockDevice
        case .fifo: self = .fifo
        case .socket: self = .socket
        }
    }

    init?(mode: UInt16) { self.init(rawValue: mode & 0o170000) }

    /// `file_type` of a directory entry; 0 there means that it is not told.
    var directoryCode: UInt8 {
        switch self {
        case .regular: 1
        case .directory: 2
        case .characterDevice: 3
        case .blockDevice: 4
        case .fifo: 5
        case .socket: 6
        case .symbolicLink: 7
        }
    }
}

/// `rdev` as Linux encodes it: the minor number's low byte, 12 bits of the major, 12 bits more of the minor.
enum DeviceNumber {
    static func encode(major: UInt32, minor: UInt32) -> UInt32? {
        guard major < 1 << 12, minor < 1 << 20 else { return nil }
        return minor & 0xFF | major << 8 | (minor & ~0xFF) << 12
    }

    static func decode(_ number: UInt32) -> (major: UInt32, minor: UInt32) {
        (number >> 8 & 0xFFF, number & 0xFF | number >> 12 & 0xF_FF00)
    }
}
