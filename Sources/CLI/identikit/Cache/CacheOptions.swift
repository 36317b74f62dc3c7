import ArgumentParser
import Building
import Host
import OCI

/// The option for the location of the image cache.
struct CacheOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Directory of the image cache, an OCI image layout.",
            discussion: "Default: $IDENTIKIT_CACHE, else $LINUXKIT_CACHE, else ~/.cache/identikit "
                + "(~/.linuxkit/cache under the name linuxkit).",
            valueName: "directory"))
    var cache: String?

    func validate() throws {
        if cache == "" { throw ValidationError("--cache is empty; pass a directory") }
    }

    var path: String {
        if let cache { return cache }
        for name in ["IDENTIKIT_CACHE", "LINUXKIT_CACHE"] {
            if let path = HostEnvironment.variable(name), !path.isEmpty { return path }
        }
        if Invocation.name == "linuxkit" { return "\(HostEnvironment.home)/.linuxkit/cache" }
        return Self.userCache
    }

    var imageCache: ImageCache { ImageCache(path: path, derivedFallback: Self.userCache) }

    /// The layout, created if it doesn't exist.
    func layout() throws -> ImageLayout { try imageCache.layout() }

    /// The user's directory for data that can be generated again.
    static var userCache: String {
        if let path = HostEnvironment.variable("XDG_CACHE_HOME"), path.hasPrefix("/") {
            return "\(path)/identikit"
        }
        return "\(HostEnvironment.home)/.cache/identikit"
    }
}
