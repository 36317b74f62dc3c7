public import OCI
public import Packaging
internal import Registry
public import Signatures

/// What varies from one place to another and must not reach an output: where images come from and what keeps them.
public struct BuildServices: Sendable {
    public var cache: ImageCache
    public var registries: RegistryAccess
    public var pulling = PullRule.missing
    /// Images must satisfy it; nil for no policy.
    public var policy: ImagePolicy?
    /// Look in the Docker or Podman daemon first.
    public var usesDaemon = false
    /// How package directories are named.
    public var packageOptions = PackageOptions()
    /// Where builders share finished outputs.
    public var sharing: SharedRepositories?

    public init(cache: ImageCache, registries: RegistryAccess) {
        self.cache = cache
        self.registries = registries
    }
}

/// Which images registries are asked for.
public enum PullRule: Hashable, Sendable {
    /// Those that the cache does not have.
    case missing
    /// All but those that are built locally.
    case always
    /// None: everything must be in the cache.
    case never
}

public struct SharedRepositories: Sendable {
    /// Tried in order.
    public var sources: [ImageReference]
    public var destination: ImageReference?

    public init(sources: [ImageReference], destination: ImageReference?) {
        self.sources = sources
        self.destination = destination
    }
}
