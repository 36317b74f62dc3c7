public import Bytes
internal import Glibc

/// What `lstat` says of a file: the kind and the mode, never owner or time.
public struct FileStatus: Equatable, Sendable {
    public enum Kind: Sendable { case regular, directory, symbolicLink, other }
    public let kind: Kind
    /// The low twelve bits of `st_mode`.
    public let permissions: UInt16
    /// Bytes.
    public let size: UInt64

    /// True if any execute bit is set.
    public var isExecutable: Bool { permissions & 0o111 != 0 }

    /// The file at `path`, links not followed; nil if nothing is there.
    public static func of(_ path: String) throws(StreamError) -> FileStatus? {
        try of(ByteString(path))
    }

    /// The file at `path`, whose name need not be UTF-8, links not followed; nil if nothing is there.
    public static func of(_ path: ByteString) throws(StreamError) -> FileStatus? {
        try status(of: path, lstat)
    }

    /// The file at `path`, links followed; nil if it does not exist.
    public static func following(_ path: String) throws(StreamError) -> FileStatus? {
        try status(of: ByteString(path), stat)
    }

    /// True if this process may execute the file at `path`.
    public static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

    private static func status(
        of path: ByteString, _ call: (UnsafePointer<CChar>, UnsafeMutablePointer<stat>) -> Int32
    ) throws(StreamError) -> FileStatus? {
        var status = stat()
        guard call(path.cString, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .system(operation: "stat", path: path.text, errno: errno)
        }
        let kind: Kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            default: .other
            }
        return FileStatus(
            kind: kind, permissions: UInt16(status.st_mode & 0o7777), size: UInt64(max(0, status.st_size)))
    }
}

/// Directories of the host: listing, creating, removing.
public enum Directory {
    /// The names in the directory at `path`, sorted bytewise, `.` and `..` left out.
    public static func names(_ path: String) throws(StreamError) -> [ByteString] {
        try names(ByteString(path))
    }

    /// The names in the directory at `path`, whose own need not be UTF-8.
    public static func names(_ path: ByteString) throws(StreamError) -> [ByteString] {
        guard let directory = opendir(path.cString) else {
            throw .system(operation: "list", path: path.text, errno: errno)
        }
        defer { closedir(directory) }
        var names: [ByteString] = []
        while true {
            errno = 0
            guard let entry = readdir(directory) else {
                if errno != 0 { throw .system(operation: "list", path: path.text, errno: errno) }
                return names.sorted()
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { ByteString($0.prefix { $0 != 0 }) }
            if name != "." && name != ".." { names.append(name) }
        }
    }

    /// Creates the directory at `path` and its parents; does nothing if it exists.
    public static func create(_ path: String) throws(StreamError) {
        if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
        let code = errno
        guard code == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw .system(operation: "create", path: path, errno: code)
        }
        try create(String(path[..<slash]))
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
            throw .system(operation: "create", path: path, errno: errno)
        }
    }

    /// Creates a private directory in the system's directory for temporary files.
    public static func createTemporary(prefix: String) throws(StreamError) -> String {
        let base = HostEnvironment.temporaryDirectory
        var template = Array("\(base)/\(prefix).\(TemporaryName.choice)".utf8CString)
        guard mkdtemp(&template) != nil else { throw .system(operation: "create", path: base, errno: errno) }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// True if files may be made in the directory at `path`. For root, too, a directory without any write bit is
    /// one that somebody wanted left alone.
    public static func isWritable(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o222 != 0 else { return false }
        return access(path, W_OK) == 0
    }

    /// Removes `path` recursively; does nothing if it does not exist.
    public static func remove(_ path: String) throws(StreamError) { try remove(ByteString(path)) }

    /// Removes `path`, whose name need not be UTF-8, recursively; does nothing if it does not exist.
    public static func remove(_ path: ByteString) throws(StreamError) {
        guard let status = try FileStatus.of(path) else { return }
        if status.kind == .directory {
            for name in try names(path) { try remove(path + "/" + name) }
            guard rmdir(path.cString) == 0 else {
                throw .system(operation: "remove", path: path.text, errno: errno)
            }
        } else {
            guard unlink(path.cString) == 0 else {
                throw .system(operation: "remove", path: path.text, errno: errno)
            }
        }
    }

    /// Gives what is at `path` another path of the same file system, replacing what was there.
    public static func rename(_ path: String, to other: String) throws(StreamError) {
        guard Glibc.rename(path, other) == 0 else {
            throw .system(operation: "rename", path: other, errno: errno)
        }
    }

    /// Creates a symbolic link at `path`.
    public static func createSymbolicLink(_ path: String, to target: String) throws(StreamError) {
        guard symlink(target, path) == 0 else { throw .system(operation: "create", path: path, errno: errno) }
    }

    /// What the symbolic link at `path` holds.
    public static func linkTarget(_ path: String) throws(StreamError) -> ByteString {
        try linkTarget(ByteString(path))
    }

    /// What the symbolic link at `path`, whose name need not be UTF-8, holds.
    public static func linkTarget(_ path: ByteString) throws(StreamError) -> ByteString {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path.cString, &buffer, buffer.count)
        guard count >= 0 else { throw .system(operation: "read", path: path.text, errno: errno) }
        return ByteString(buffer[..<count].map(UInt8.init(bitPattern:)))
    }

    /// The absolute path of what is at `path`, links resolved.
    public static func realPath(_ path: String) throws(StreamError) -> String {
        guard let resolved = realpath(path, nil) else {
            throw .system(operation: "resolve", path: path, errno: errno)
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}

extension ByteString {
    /// The bytes with a NUL behind them, for calls of the system.
    var cString: [CChar] { bytes.map(CChar.init(bitPattern:)) + [0] }
}
