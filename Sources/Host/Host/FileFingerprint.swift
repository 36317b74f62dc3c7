public import Bytes
internal import Glibc

/// What the system says of a file without reading it: which one it is, and when it last changed. It reaches no
/// output; it shows that a file is still the one that was read.
public struct FileFingerprint: Equatable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    /// Bytes.
    public let size: UInt64
    /// Nanoseconds since 1970 of the last change of contents, and of the last change of anything.
    private let modified: Int64
    private let changed: Int64
    /// True if the file last changed so long ago that any later change gives it another time: clocks of file
    /// systems tick slowly, FAT's every two seconds.
    public let isSettled: Bool

    /// The file at `path`, links followed.
    public init(of path: String) throws(StreamError) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw .system(operation: "open", path: path, errno: errno)
        }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = UInt64(max(0, status.st_size))
        modified = Self.nanoseconds(status.st_mtim)
        changed = Self.nanoseconds(status.st_ctim)
        isSettled = Int64(status.st_ctim.tv_sec) + 3 < HostClock.secondsSince1970
    }

    /// True if nothing was done to the file between this look at it and `later`.
    public func isUntouched(in later: FileFingerprint) -> Bool {
        device == later.device && inode == later.inode && size == later.size && modified == later.modified
            && changed == later.changed && isSettled
    }

    /// True if both are looks at one file, whatever its contents.
    public func isSameFile(as other: FileFingerprint) -> Bool {
        device == other.device && inode == other.inode
    }

    /// What standard input is.
    public static var standardInput: FileFingerprint? { try? FileFingerprint(of: "/dev/stdin") }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}

extension SpecialFileSource {
    /// True for devices that give bytes for ever, such as `/dev/zero` and `/dev/random`.
    public static func isEndless(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else { return false }
        // Linux' Documentation/admin-guide/devices.txt: major 1 are the memory devices.
        let device = UInt64(status.st_rdev)
        let major = (device >> 8) & 0xFFF
        let minor = (device & 0xFF) | ((device >> 12) & 0xFFF00)
        return major == 1 && [1, 2, 5, 7, 8, 9].contains(minor)
    }
}
