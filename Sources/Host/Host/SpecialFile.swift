public import Bytes
internal import Glibc

/// A device, a pipe or a socket that was there before: written to as it is, never replaced.
public struct SpecialFileSink: ~Copyable, ByteSink {
    private let descriptor: Int32
    private var sink: DescriptorSink

    public init(path: String) throws(StreamError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(operation: "write", path: path, errno: errno) }
        self.descriptor = descriptor
        sink = DescriptorSink(descriptor: descriptor, name: path)
    }

    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) { try sink.write(bytes) }

    deinit { close(descriptor) }
}

/// A device, a pipe or a socket to read from once, to its end; closed with the last reference.
public final class SpecialFileSource: ByteSource {
    private let descriptor: Int32
    private let path: String

    public init(path: String) throws(StreamError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        self.path = path
        guard descriptor >= 0 else { throw .system(operation: "open", path: path, errno: errno) }
    }

    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(StreamError) -> Int {
        var source = DescriptorSource(descriptor: descriptor, name: path)
        return try source.read(into: buffer)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }
}
