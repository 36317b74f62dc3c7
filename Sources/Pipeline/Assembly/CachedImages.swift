public import Bytes
public import Digests
public import FileTree
public import OCI
internal import Synchronization
public import Tar

/// Proof that all layers that a build reads match their digests.
public struct VerifiedImages: Sendable {
    fileprivate init() {}
}

/// Images from a layout used as a cache. Each layer is decompressed and indexed once.
///
/// A name is resolved once, when its image is prepared. Even if other processes change the cache meanwhile, a
/// build uses one image for a name, and it is the one that was admitted.
public final class CachedImages: ImageSource {
    private let layout: ImageLayout
    private let store: LayerStore
    private let admission: Admission?
    private let pins: [ImageReference: ImagePin]
    private let prepared = Mutex(Prepared())

    /// Decides whether images may be used, before anything but their documents is read.
    public struct Admission: Sendable {
        /// Returns the image to use, or throws if it is not admitted.
        public var image: @Sendable (Image) async throws -> Image
        /// Throws unless everything that `root` refers to may be copied.
        public var copy: @Sendable (ImageReference, _ root: Descriptor) async throws -> Void

        public init(
            image: @escaping @Sendable (Image) async throws -> Image,
            copy: @escaping @Sendable (ImageReference, _ root: Descriptor) async throws -> Void
        ) {
            self.image = image
            self.copy = copy
        }
    }

    private struct Prepared {
        var images: [Name: Image] = [:]
        var copies: [ImageReference: Descriptor] = [:]
    }

    private struct Name: Hashable {
        let reference: ImageReference
        let platform: Platform
    }

    /// `cacheDirectory` stores the derived data of a read-only layout. `pins` say what names stand for.
    public init(
        layout: ImageLayout, cacheDirectory: String, admission: Admission? = nil,
        pins: [ImageReference: ImagePin] = [:]
    ) {
        self.layout = layout
        self.admission = admission
        self.pins = pins
        store = LayerStore(
            layout: layout, directory: LayerStore.derivedDirectory(of: layout, cacheDirectory: cacheDirectory)
        )
    }

    /// The directory of data derived from the images, which can be rebuilt at any time.
    public var derivedDirectory: String { store.directory }

    /// Resolves all images, has them admitted, derives missing layers, `jobs` at a time, and verifies existing
    /// ones.
    public func prepare(_ references: [ImageReference], platform: Platform, jobs: Int) async throws {
        let images = try await admitted(references, platform)
        try await store.prepare(images, jobs: jobs)
        remember(images, platform)
    }

    /// Like `prepare`, but verifies existing layers while the build continues. Contents become available once they
    /// are verified; no output may be published before `verified` returns.
    public func begin(_ references: [ImageReference], platform: Platform, jobs: Int) async throws {
        let images = try await admitted(references, platform)
        try await store.begin(images, jobs: jobs)
        remember(images, platform)
    }

    /// Waits until everything is verified. The result is required by everything that publishes bytes.
    public func verified() throws(ImageError) -> VerifiedImages {
        try store.finish()
        return VerifiedImages()
    }

    private func admitted(_ references: [ImageReference], _ platform: Platform) async throws -> [Image] {
        var images: [Image] = []
        for reference in references {
            var image = try layout.image(reference, platform: platform, pin: pins[reference])
            if let admission { image = try await admission.image(image) }
            images.append(image)
        }
        return images
    }

    private func remember(_ images: [Image], _ platform: Platform) {
        prepared.withLock { prepared in
            for image in images {
                prepared.images[Name(reference: image.reference, platform: platform)] = image
            }
        }
    }

    /// Resolves the images that are copied whole and has them admitted.
    public func prepareCopies(_ references: [ImageReference]) async throws {
        for reference in references {
            let root = try layout.descriptor(of: reference, pin: pins[reference])
            if let admission { try await admission.copy(reference, root) }
            prepared.withLock { $0.copies[reference] = root }
        }
    }

    public func image(_ reference: ImageReference, platform: Platform) throws(ImageError) -> Image {
        let name = Name(reference: reference, platform: platform)
        if let image = prepared.withLock({ $0.images[name] }) { return image }
        try refuseUnprepared(reference)
        return try layout.image(reference, platform: platform, pin: pins[reference])
    }

    public func flattened(_ image: Image, made: Timestamp) throws(ImageError) -> [TarEntry] {
        try store.entries(of: image, made: made)
    }

    public func exported(_ reference: ImageReference, platforms: [Platform]) throws(ImageError) -> [TarEntry]
    {
        let root = prepared.withLock { $0.copies[reference] }
        if root == nil { try refuseUnprepared(reference) }
        return try layout.exported(reference, root: root, platforms: platforms)
    }

    public func statements(of image: Image) throws(ImageError) -> [[UInt8]] {
        var texts: [[UInt8]] = []
        for descriptor in try layout.spdxStatements(of: image) {
            texts.append(try layout.verified(descriptor, limit: Self.statementLimit))
        }
        return texts
    }

    public func otherBills(of image: Image) throws(ImageError) -> [String] {
        try layout.otherBills(of: image)
    }

    public func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
        try store.open(digest)
    }

    /// Every image that is returned has been admitted, regardless of how it is requested.
    private func refuseUnprepared(_ reference: ImageReference) throws(ImageError) {
        guard admission != nil else { return }
        throw ImageError(
            .malformed(document: "the build", field: "", reason: "the image was not checked before its use"),
            reference: reference.description)
    }

    /// The limit in bytes. Bills of materials of large images have tens of MiB.
    private static let statementLimit = 256 << 20
}
