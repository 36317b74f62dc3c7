public import OCI

/// Where the programs that start a kernel are said to be.
public enum BootSource: Hashable, Sendable {
    /// A folder of the host.
    case folder(String)
    /// An image: of the cache alone, unless it may be fetched.
    case image(ImageReference, isFetched: Bool)
}
