/// What a package build is doing, for people to watch.
public enum PackageProgress: Equatable, Sendable {
    case locking(suite: String, architecture: String)
    /// The mirror no longer has a .deb of the lock, so everything is resolved again.
    case relocking(name: String, version: String)
    /// .debs that the cache does not have, and their bytes.
    case fetching(count: Int, bytes: UInt64)
    case unpacking(name: String, index: Int, count: Int)
    case writing(reference: String, architecture: String)
    /// Nothing had changed since the image was built.
    case unchanged(reference: String, architecture: String)
}
