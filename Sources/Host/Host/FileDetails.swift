public import Bytes
internal import CProcess
internal import Glibc

/// What the file system knows about a file, besides its contents; links are not followed.
public struct FileDetails: Sendable {
    public enum Kind: Sendable {
        case regular
        case directory
        case symbolicLink(target: ByteString)
        case characterDevice(major: UInt32, minor: UInt32)
        case blockDevice(major: UInt32, minor: UInt32)
        case fifo
        case socket
    }

    /// Equal for all names of a file.
    public struct Identity: Hashable, Sendable {
        let device: UInt64
        let inode: UInt64
    }

    public let kind: Kind
    /// The low twelve bits of `st_mode`.
    public let permissions: UInt16
    public let uid: UInt32
    public let gid: UInt32
    /// Seconds since 1970, and nanoseconds after that.
    public let modified: (seconds: Int64, nanoseconds: UInt32)
    /// Bytes.
    public let size: UInt64
    public let nameCount: UInt64
    public let identity: Identity

    /// Fails if nothing is at `path`.
    public init(_ path: ByteString) throws(StreamError) {
        var status = stat()
        guard lstat(path.cString, &status) == 0 else {
            throw .system(operation: "stat", path: path.text, errno: errno)
        }
        kind = try Self.kind(of: status, path)
        permissions = UInt16(status.st_mode & 0o7777)
        uid = status.st_uid
        gid = status.st_gid
        modified = (Int64(status.st_mtim.tv_sec), UInt32(status.st_mtim.tv_nsec))
        size = UInt64(max(0, status.st_size))
        nameCount = UInt64(status.st_nlink)
        identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    private static func kind(of status: stat, _ path: ByteString) throws(StreamError) -> Kind {
        let (major, minor) = numbers(UInt64(status.st_rdev))
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .regular
        case S_IFDIR: return .directory
        case S_IFLNK: return .symbolicLink(target: try Directory.linkTarget(path))
        case S_IFCHR: return .characterDevice(major: major, minor: minor)
        case S_IFBLK: return .blockDevice(major: major, minor: minor)
        case S_IFIFO: return .fifo
        default: return .socket
        }
    }

    /// The numbers in a device number of Linux, each of which is stored in two parts (makedev(3)).
    private static func numbers(_ device: UInt64) -> (major: UInt32, minor: UInt32) {
        (
            UInt32(truncatingIfNeeded: device >> 8 & 0xFFF | device >> 32 & 0xFFFF_F000),
            UInt32(truncatingIfNeeded: device & 0xFF | device >> 12 & 0xFFFF_FF00)
        )
    }

    /// The extended attributes of the file at `path`, sorted by name; none where the file system has none.
    public static func attributes(
        _ path: ByteString
    ) throws(StreamError) -> [(name: ByteString, value: [UInt8])] {
        let list = try read("list the attributes of", path) { llistxattr(path.cString, $0, $1) }
        var attributes: [(name: ByteString, value: [UInt8])] = []
        for name in list.split(separator: 0).map({ ByteString($0) }) {
            let value = try read("read the attribute \(name.text) of", path) {
                lgetxattr(path.cString, name.cString, $0, $1)
            }
            attributes.append((name, value))
        }
        return attributes.sorted { $0.name < $1.name }
    }

    /// Asks `call` for its size, then for its bytes, again if these have grown meanwhile.
    private static func read(
        _ operation: String, _ path: ByteString, _ call: (UnsafeMutablePointer<CChar>?, Int) -> Int
    ) throws(StreamError) -> [UInt8] {
        while true {
            let size = call(nil, 0)
            if size < 0, errno == ENOTSUP { return [] }
            var bytes = [CChar](repeating: 0, count: max(0, size))
            let count =
                size < 0 ? size : bytes.withUnsafeMutableBufferPointer { call($0.baseAddress, $0.count) }
            if count >= 0 { return bytes.prefix(count).map { UInt8(bitPattern: $0) } }
            guard size >= 0, errno == ERANGE else {
                throw .system(operation: operation, path: path.text, errno: errno)
            }
        }
    }
}
