public import Bytes

/// Where a blob is downloaded to. What it has stays when a connection is cut.
public protocol BlobReceiver: AnyObject, Sendable {
    /// Bytes received and kept.
    var count: UInt64 { get }
    /// Takes the bytes that follow.
    func receive(_ bytes: UnsafeRawBufferPointer) throws(StreamError)
    /// Forgets everything and starts at 0: the server knows no ranges.
    func restart() throws(StreamError)
}
