public import Bytes
internal import Glibc

/// An open file for reading anywhere in it, from any thread; closed with the last reference.
public final class ReadableFile: RandomAccessBytes {
    private let descriptor: Int32
    /// For messages.
    public let path: String
    public let count: UInt64

    /// Opens the regular file at `path`.
    public convenience init(path: String) throws(StreamError) { try self.init(path: ByteString(path)) }

    /// Opens the regular file at `bytes`, which need not be UTF-8.
    public init(path bytes: ByteString) throws(StreamError) {
        let path = bytes.text
        let descriptor = open(bytes.cString, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(operation: "open", path: path, errno: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw .system(operation: "stat", path: path, errno: code)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            let code = status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EINVAL
            close(descriptor)
            throw .system(operation: "read", path: path, errno: code)
        }
        self.descriptor = descriptor
        self.path = path
        count = UInt64(status.st_size)
    }

    /// Takes over `descriptor`, open on a regular file; `path` is for messages.
    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
        var status = stat()
        count = fstat(descriptor, &status) == 0 ? UInt64(max(0, status.st_size)) : 0
    }

    deinit { close(descriptor) }

    public func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int
    {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(filled))
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(operation: "read", path: path, errno: errno)
            }
            filled += count
        }
        return filled
    }
}

/// A source over an open descriptor that cannot seek: standard input, a pipe.
public struct DescriptorSource: ByteSource {
    private let descriptor: Int32
    private let name: String

    /// Reads from `descriptor`, which stays the caller's; `name` is for messages.
    public init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    public static var standardInput: DescriptorSource {
        DescriptorSource(descriptor: 0, name: "standard input")
    }

    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { throw .system(operation: "read", path: name, errno: errno) }
        }
    }
}

extension StreamError {
    /// True if the system said that there is nothing at the path.
    public var isMissingFile: Bool {
        guard case .system(_, _, let code) = self else { return false }
        return code == ENOENT || code == ENOTDIR
    }
}
