public import Bytes
internal import Glibc

/// A sink over an open descriptor that cannot be taken back: standard output, a pipe.
public struct DescriptorSink: ByteSink {
    private let descriptor: Int32
    private let name: String

    /// Writes to `descriptor`, which stays the caller's; `name` is for messages.
    public init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
    }

    public static var standardOutput: DescriptorSink {
        DescriptorSink(descriptor: 1, name: "standard output")
    }
    public static var standardError: DescriptorSink { DescriptorSink(descriptor: 2, name: "standard error") }

    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        var rest = bytes
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw .system(operation: "write", path: name, errno: errno)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }
}
