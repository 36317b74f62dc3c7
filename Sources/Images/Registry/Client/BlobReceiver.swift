public import Bytes
public import Digests

/// Where a blob is downloaded to, asked by one caller at a time. What it has stays when a connection is cut.
public protocol BlobReceiver: AnyObject, Sendable {
    /// Bytes received and kept.
    var count: UInt64 { get }
    /// SHA-256 of the bytes kept.
    var digest: SHA256Digest { get }
    /// Takes the bytes that follow.
    func receive(_ bytes: UnsafeRawBufferPointer) throws(StreamError)
    /// Forgets everything and starts at 0: the server knows no ranges.
    func restart() throws(StreamError)
}
