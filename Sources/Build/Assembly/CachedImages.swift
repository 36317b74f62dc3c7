public import Bytes
public import Digests
internal import FileTree
public import OCI
public import Tar

/// Images from a layout used as a cache, their layers decompressed and indexed once.
public final class CachedImages: ImageSource {
    private let layout: ImageLayout
    private let store: LayerStore

    /// `cacheFolder` takes the derived data of a layout that cannot be written.
    public init(layout: ImageLayout, cacheFolder: String) {
        self.layout = layout
        store = LayerStore(
            layout: layout, folder: LayerStore.derivedFolder(of: layout, cacheFolder: cacheFolder))
    }

    /// Where data made from the images is kept: losing it loses time, nothing else.
    public var derivedFolder: String { store.folder }

    /// Finds every image and derives the layers that are missing, `jobs` at a time.
    public func prepare(_ references: [ImageReference], platform: Platform, jobs: Int) async throws {
        var images: [Image] = []
        for reference in references { images.append(try layout.image(reference, platform: platform)) }
        try await store.prepare(images, jobs: jobs)
    }

    public func image(_ reference: ImageReference, platform: Platform) throws(ImageError) -> Image {
        try layout.image(reference, platform: platform)
    }

    public func flattened(_ image: Image) throws(ImageError) -> [TarEntry] {
        try store.entries(of: image)
    }

    public func exported(_ reference: ImageReference, platforms: [Platform]) throws(ImageError) -> [TarEntry]
    {
        try layout.exported(reference, platforms: platforms)
    }

    public func statements(of image: Image) throws(ImageError) -> [[UInt8]] {
        var texts: [[UInt8]] = []
        for descriptor in try layout.spdxStatements(of: image) {
            texts.append(try layout.verified(descriptor, limit: Self.statementLimit))
        }
        return texts
    }

    public func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
        try store.open(digest)
    }

    /// Bills of materials of large images take some tens of MiB.
    private static let statementLimit = 256 << 20
}
