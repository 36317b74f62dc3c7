internal import Bytes
public import OCI
public import Outputs
public import Registry
public import Tar

/// A failure of a build that involves more than one module.
public enum BuildError: Error, Sendable {
    /// A registry failed to deliver what the cache does not have either.
    case notAcquired(RegistryError, cache: String)
    /// Images are missing, and the cache that should take them can't be written.
    case cacheNotWritable(path: String)
    /// A configuration is a URL, and `--offline` forbids fetching it.
    case offline(url: String)
    /// An image is damaged in the cache, and its registry failed to deliver it again.
    case notRestored(ImageReference, ImageError, RegistryError)
    case noBootDirectory(Firmware, path: String)
    case notATarOutput(path: String, TarError)
}
