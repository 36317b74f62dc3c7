public import Bytes
public import Digests
public import FileTree
public import OCI
internal import Synchronization
public import Tar

/// Proof that all layers which a build reads have the digests that they must have.
public struct VerifiedImages: Sendable {
    fileprivate init() {}
}

/// Images from a layout used as a cache, their layers decompressed and indexed once.
///
/// What a name stands for is looked up once, when it is prepared: whatever other processes do with the cache
/// meanwhile, a build has one image of one name, and it is the one that was admitted.
public final class CachedImages: ImageSource {
    private let layout: ImageLayout
    private let store: LayerStore
    private let admission: Admission?
    private let prepared = Mutex(Prepared())

    /// Whether images may be used: asked before anything of them is but their documents.
    public struct Admission: Sendable {
        /// Gives the image as it may be used, or throws.
        public var image: @Sendable (Image) async throws -> Image
        /// Throws unless all of what `root` names may be copied.
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

    /// `cacheFolder` takes the derived data of a layout that cannot be written.
    public init(layout: ImageLayout, cacheFolder: String, admission: Admission? = nil) {
        self.layout = layout
        self.admission = admission
        store = LayerStore(
            layout: layout, folder: LayerStore.derivedFolder(of: layout, cacheFolder: cacheFolder))
    }

    /// Where data made from the images is kept: losing it loses time, nothing else.
    public var derivedFolder: String { store.folder }

    /// Finds every image, has it admitted, and derives the layers that are missing, `jobs` at a time; the others are
    /// verified.
    public func prepare(_ references: [ImageReference], platform: Platform, jobs: Int) async throws {
        let images = try await admitted(references, platform)
        try await store.prepare(images, jobs: jobs)
        remember(images, platform)
    }

    /// The same, but layers that are there already are verified while the build goes on, contents being given out when
    /// they have been: nothing may be shown to anybody before `verified`.
    public func begin(_ references: [ImageReference], platform: Platform, jobs: Int) async throws {
        let images = try await admitted(references, platform)
        try await store.begin(images, jobs: jobs)
        remember(images, platform)
    }

    /// Waits until everything is verified. What it returns is asked for by whatever shows bytes to anybody.
    public func verified() throws(ImageError) -> VerifiedImages {
        try store.finish()
        return VerifiedImages()
    }

    private func admitted(_ references: [ImageReference], _ platform: Platform) async throws -> [Image] {
        var images: [Image] = []
        for reference in references {
            var image = try layout.image(reference, platform: platform)
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

    /// Finds what is copied whole, and has it admitted.
    public func prepareCopies(_ references: [ImageReference]) async throws {
        for reference in references {
            let root = try layout.descriptor(of: reference)
            if let admission { try await admission.copy(reference, root) }
            prepared.withLock { $0.copies[reference] = root }
        }
    }

    public func image(_ reference: ImageReference, platform: Platform) throws(ImageError) -> Image {
        let name = Name(reference: reference, platform: platform)
        if let image = prepared.withLock({ $0.images[name] }) { return image }
        try refuseUnprepared(reference)
        return try layout.image(reference, platform: platform)
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

    /// Nothing comes out of here that was not asked about, whatever way it is asked for.
    private func refuseUnprepared(_ reference: ImageReference) throws(ImageError) {
        guard admission != nil else { return }
        throw ImageError(
            .malformed(document: "the build", field: "", reason: "the image was not checked before its use"),
            reference: reference.description)
    }

    /// Bills of materials of large images take some tens of MiB.
    private static let statementLimit = 256 << 20
}
