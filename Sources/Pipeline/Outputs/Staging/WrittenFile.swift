public import Digests

/// A file that a build has written.
public struct WrittenFile: Sendable {
    /// The path to open it by; `-` for standard output.
    public let path: String
    /// The size in bytes.
    public let size: UInt64
    public let digest: SHA256Digest

    public init(path: String, size: UInt64, digest: SHA256Digest) {
        self.path = path
        self.size = size
        self.digest = digest
    }
}
