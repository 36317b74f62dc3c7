import ArgumentParser
import Building
import Host
import OCI

/// Where the image cache is.
struct CacheOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Folder with the image cache: an OCI image layout.",
            discussion: "Default: $IDENTIKIT_CACHE, else $LINUXKIT_CACHE, else ~/.cache/identikit "
                + "(~/.linuxkit/cache under the name linuxkit).",
            valueName: "folder"))
    var cache: String?

    func validate() throws {
        if cache == "" { throw ValidationError("--cache names no folder") }
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

    /// The user's folder for what can be made again.
    static var userCache: String {
        if let path = HostEnvironment.variable("XDG_CACHE_HOME"), path.hasPrefix("/") {
            return "\(path)/identikit"
        }
        return "\(HostEnvironment.home)/.cache/identikit"
    }
}
