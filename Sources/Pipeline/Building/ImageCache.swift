public import Assembly
internal import Host
public import OCI

/// The image cache of a build: an OCI image layout.
public struct ImageCache: Sendable {
    public var path: String
    /// Takes derived data where the layout can't be written.
    public var derivedFallback: String

    public init(path: String, derivedFallback: String) {
        self.path = path
        self.derivedFallback = derivedFallback
    }

    /// The layout, created if it doesn't exist.
    public func layout() throws -> ImageLayout {
        if try FileStatus.following("\(path)/oci-layout") != nil { return try ImageLayout(opening: path) }
        return try ImageLayout(creating: path)
    }

    /// The images in the layout; a cache that doesn't exist has none.
    public func images(
        admission: CachedImages.Admission? = nil, pins: [ImageReference: ImagePin] = [:]
    ) throws -> CachedImages {
        CachedImages(
            layout: try ImageLayout(reading: path), cacheDirectory: derivedFallback, admission: admission,
            pins: pins)
    }
}
