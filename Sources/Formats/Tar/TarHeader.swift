public import Bytes
public import FileTree

/// The kind of a tar member: the `typeflag` field (POSIX.1-2017 pax, "ustar Interchange Format").
public enum TarTypeFlag: UInt8, Hashable, Sendable {
    /// `0`, and NUL in archives older than ustar.
    case regular = 0x30
    case hardLink = 0x31
    case symbolicLink = 0x32
    case characterDevice = 0x33
    case blockDevice = 0x34
    case directory = 0x35
    case fifo = 0x36
}

/// What a tar archive says of one member, extended records merged in.
///
/// Names are as the archive has them, a directory's trailing slash included.
public struct TarHeader: Hashable, Sendable {
    public var name: ByteString
    public var linkName = ByteString()
    public var typeFlag: TarTypeFlag
    /// Bytes of contents for regular files; other kinds have none, whatever this says.
    public var size: UInt64 = 0
    /// The mode field as it stands: permissions, setuid, setgid, sticky; writers of old add file type bits.
    public var mode: Int64 = 0
    public var uid: Int64 = 0
    public var gid: Int64 = 0
    public var userName = ByteString()
    public var groupName = ByteString()
    public var modified = Timestamp(seconds: 0)
    public var accessed: Timestamp?
    public var changed: Timestamp?
    public var deviceMajor: Int64 = 0
    public var deviceMinor: Int64 = 0
    /// The PAX records as read, sorted by key, one a key: `SCHILY.xattr.…`, `LINUXKIT.…`, unknown vendors', and
    /// those of other fields too. A field counts for more than its record; the writer repeats a
    /// needless record whose value is still the field's, as Go's does.
    public var records: [PaxRecord] = []

    public init(name: ByteString, typeFlag: TarTypeFlag) {
        self.name = name
        self.typeFlag = typeFlag
    }
}

/// One extended header record (POSIX.1-2017 pax, "pax Extended Header").
public struct PaxRecord: Hashable, Sendable {
    public var key: ByteString
    public var value: ByteString

    public init(key: ByteString, value: ByteString) {
        self.key = key
        self.value = value
    }
}
