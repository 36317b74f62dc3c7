/// How much a layer may turn out to be, so that a few hostile bytes can't fill a disk or the memory.
public struct LayerLimits: Hashable, Sendable {
    /// Bytes of the uncompressed tar.
    public var maximumSize: UInt64 = 64 << 30
    /// Uncompressed bytes for each compressed one. DEFLATE can't exceed 1032.
    public var maximumRatio: UInt64 = 2000
    /// Bytes of all holes of the tar's sparse files. Holes are hashed regardless of the blob's size, which takes
    /// about ten seconds at this limit.
    public var maximumHoles: UInt64 = 16 << 30
    /// Members of the tar.
    public var maximumEntries: UInt64 = 4_000_000

    public static let `default` = LayerLimits()

    public init() {}

    /// Bytes that a blob of `size` bytes may become.
    func uncompressed(_ size: UInt64) -> UInt64 {
        let (product, overflows) = size.multipliedReportingOverflow(by: maximumRatio)
        return min(maximumSize, overflows ? .max : max(product, 1 << 20))
    }
}
