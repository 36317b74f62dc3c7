public import Bytes

/// A point in time: whole seconds since 1970-01-01T00:00:00Z and nanoseconds, 0 ..< 1,000,000,000.
public struct Timestamp: Hashable, Sendable, Comparable {
    public var seconds: Int64
    public var nanoseconds: UInt32

    public init(seconds: Int64, nanoseconds: UInt32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}

/// What a file is (POSIX `st_mode & S_IFMT`), with what only that kind has.
public enum FileKind: Hashable, Sendable {
    case regular
    case directory
    /// The target, as bytes, uninterpreted.
    case symbolicLink(ByteString)
    case characterDevice(major: UInt32, minor: UInt32)
    case blockDevice(major: UInt32, minor: UInt32)
    case fifo
    case socket
}

/// Mode, owner, time and extended attributes of a file.
public struct FileMetadata: Hashable, Sendable {
    /// The low twelve bits of `st_mode`: setuid, setgid, sticky, permissions.
    public var permissions: UInt16
    public var uid: UInt32
    public var gid: UInt32
    public var modified: Timestamp
    /// Extended attributes by full name (`security.capability`), sorted by it.
    public var xattrs: [ExtendedAttribute]

    public init(
        permissions: UInt16, uid: UInt32 = 0, gid: UInt32 = 0, modified: Timestamp,
        xattrs: [ExtendedAttribute] = []
    ) {
        self.permissions = permissions
        self.uid = uid
        self.gid = gid
        self.modified = modified
        self.xattrs = xattrs
    }
}

public struct ExtendedAttribute: Hashable, Sendable {
    public var name: ByteString
    public var value: ByteString

    public init(name: ByteString, value: ByteString) {
        self.name = name
        self.value = value
    }
}
