internal import Bytes
internal import FileTree

/// The kinds of inodes. The extended form of each has a number 7 higher, and room for more.
enum InodeType: UInt16 {
    case directory = 1
    case regular = 2
    case symbolicLink = 3
    case blockDevice = 4
    case characterDevice = 5
    case fifo = 6
    case socket = 7

    static let extended: UInt16 = 7
}

/// A file, without its names (`squashfs_fs.h`, `struct squashfs_base_inode` and those that go on from it).
struct Inode {
    /// The xattr id of a file that has no attributes.
    static let noXattr = UInt32.max

    // The header, which all kinds begin with.
    var permissions: UInt16
    /// Indexes into the id table.
    var uid: UInt16
    var gid: UInt16
    /// Seconds since 1970-01-01T00:00:00Z, unsigned.
    var modified: UInt32
    /// From 1.
    var number: UInt32

    // What the extended forms have of all kinds, and the basic ones of some.
    var linkCount: UInt32 = 1
    /// The number of the set of attributes, from 0.
    var xattr: UInt32 = Inode.noXattr

    var body: Body

    enum Body {
        case directory(DirectoryBody)
        case regular(FileBody)
        case symbolicLink(ByteString)
        case blockDevice(DeviceNumber)
        case characterDevice(DeviceNumber)
        case fifo
        case socket
    }

    var type: InodeType {
        switch body {
        case .directory: .directory
        case .regular: .regular
        case .symbolicLink: .symbolicLink
        case .blockDevice: .blockDevice
        case .characterDevice: .characterDevice
        case .fifo: .fifo
        case .socket: .socket
        }
    }
}

/// What only directories have.
struct DirectoryBody {
    /// Where the listing starts in the directory table.
    var start = InodeReference(block: 0, offset: 0)
    /// Bytes of the listing, and 3: `.` and `..`, which are not in it, count.
    var size: UInt32 = DirectoryBody.emptySize
    /// The inode number of the directory that this one is in; of the root, the count of inodes and 1.
    var parent: UInt32 = 0
    var index: [DirectoryIndexEntry] = []

    static let emptySize: UInt32 = 3
}

/// What only regular files have.
struct FileBody {
    /// Bytes.
    var size: UInt64 = 0
    var data = FileData()
}

/// A device's numbers as the kernel packs them into 32 bits: 12 of the major and 20 of the minor number.
struct DeviceNumber: Hashable {
    var rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Nil if a number has more bits.
    init?(major: UInt32, minor: UInt32) {
        guard major < 1 << 12, minor < 1 << 20 else { return nil }
        rawValue = minor & 0xFF | major << 8 | (minor & ~0xFF) << 12
    }

    var major: UInt32 { rawValue >> 8 & 0xFFF }
    var minor: UInt32 { rawValue & 0xFF | rawValue >> 12 & 0xFFF00 }
}
