import ArgumentParser
import Assembly
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

    /// The layout, made where there is none yet.
    func layout() throws -> ImageLayout {
        let path = path
        if try FileStatus.following("\(path)/oci-layout") != nil { return try ImageLayout(opening: path) }
        return try ImageLayout(creating: path)
    }

    /// The images in the layout; a cache that is not there has none.
    func images(admission: CachedImages.Admission? = nil) throws -> CachedImages {
        CachedImages(
            layout: try ImageLayout(reading: path), cacheFolder: Self.userCache,
            admission: admission)
    }

    /// The user's folder for what can be made again.
    static var userCache: String {
        if let path = HostEnvironment.variable("XDG_CACHE_HOME"), path.hasPrefix("/") {
            return "\(path)/identikit"
        }
        return "\(HostEnvironment.home)/.cache/identikit"
    }
}
