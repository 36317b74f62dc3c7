internal import Digests
public import OCI

/// Pulls images from registries into a layout: existing blobs are kept, interrupted downloads are resumed.
///
/// An image is named in the layout once all its blobs are present, so a layout holds whole images at any moment.
public struct ImagePuller: Sendable {
    public let client: RegistryClient
    public let layout: ImageLayout
    public var options = Options()

    public struct Options: Sendable {
        /// Blobs fetched at a time.
        public var connections = 6
        /// Images looked up at a time.
        public var images = 8
        /// Whether the bytes of blobs that are in the layout are checked, and wrong ones fetched again.
        public var verifiesPresent = false
        /// Asked about every image when it is known what it is and before anything of it is fetched;
        /// an error refuses it.
        public var approve: @Sendable (ResolvedImage) async throws -> Void = { _ in }
        /// Told from any thread how far all is.
        public var onProgress: @Sendable (PullProgress) -> Void = { _ in }

        public init() {}
    }

    public init(client: RegistryClient, layout: ImageLayout) {
        self.client = client
        self.layout = layout
    }

    /// An image and the wanted platforms; if empty, all platforms of its index.
    public struct Request: Hashable, Sendable {
        public let reference: ImageReference
        public let platforms: [Platform]

        public init(_ reference: ImageReference, platforms: [Platform]) {
            self.reference = reference
            self.platforms = platforms
        }
    }

    /// The result of a pull.
    public struct Outcome: Sendable {
        /// In the order of the requests.
        public let images: [ResolvedImage]
        public let progress: PullProgress
    }

    /// Pulls every image. The first failure, in the order of the requests, ends the rest; what was fetched stays. All
    /// images that are not found are named in one error.
    public func pull(_ requests: [Request]) async throws -> Outcome {
        let report = PullProgressReport(images: requests.count, report: options.onProgress)
        let fetcher = BlobFetcher(
            client: client, layout: layout, connections: options.connections, progress: report,
            verifying: options.verifiesPresent)
        let slots = Slots(options.images)
        let outcomes = await withTaskGroup(
            of: (Int, Result<ResolvedImage, any Error>).self
        ) { group in
            for (number, request) in requests.enumerated() {
                group.addTask {
                    guard await slots.enter() else { return (number, .failure(CancellationError())) }
                    defer { slots.leave() }
                    let outcome: Result<ResolvedImage, any Error>
                    do {
                        try Task.checkCancellation()
                        let image = try await pull(request, through: fetcher, report)
                        report.completedImage()
                        outcome = .success(image)
                    } catch { outcome = .failure(error) }
                    return (number, outcome)
                }
            }
            var outcomes: [Int: Result<ResolvedImage, any Error>] = [:]
            for await (number, outcome) in group {
                outcomes[number] = outcome
                switch outcome {
                // The others are still looked up, and not fetched.
                case .failure(let error) where Self.isMissing(error): report.giveUp()
                // One of those that had begun to come.
                case .failure(let error) where Self.isEndOfTheRest(error): break
                case .failure: group.cancelAll()
                case .success: break
                }
            }
            return outcomes
        }
        return Outcome(images: try Self.images(outcomes, count: requests.count), progress: report.current)
    }

    /// The images, or the first failure that is one of its own and not just the end of the rest.
    private static func images(
        _ outcomes: [Int: Result<ResolvedImage, any Error>], count: Int
    ) throws -> [ResolvedImage] {
        var images: [ResolvedImage] = []
        var missing: [RegistryError] = []
        var cancelled: (any Error)?
        for number in 0..<count {
            switch outcomes[number] {
            case .success(let image): images.append(image)
            case .failure(let error) where Self.isEndOfTheRest(error): cancelled = error
            case .failure(let error as RegistryError) where Self.isMissing(error): missing.append(error)
            case .failure(let error): throw error
            case nil: break
            }
        }
        if missing.count > 1 {
            var error = RegistryError(
                registry: missing[0].registry,
                reference: missing.map { $0.reference ?? $0.registry }.joined(separator: ", "),
                .notFound("none of these images were found"))
            error.mirrorsWithout = Set(missing.flatMap(\.mirrorsWithout)).sorted()
            throw error
        }
        if let error = missing.first ?? cancelled { throw error }
        return images
    }

    private static func isMissing(_ error: any Error) -> Bool {
        if case .notFound? = (error as? RegistryError)?.problem { true } else { false }
    }

    private static func isEndOfTheRest(_ error: any Error) -> Bool {
        (error as? RegistryError)?.problem == .cancelled || error is CancellationError
    }

    private func pull(
        _ request: Request, through fetcher: BlobFetcher, _ report: PullProgressReport
    ) async throws -> ResolvedImage {
        var documents = DocumentFetcher(client: client, layout: layout, reference: request.reference)
        let image = try await documents.resolve(platforms: request.platforms)
        if report.isGivenUp { throw CancellationError() }
        try await options.approve(image)
        try documents.store()
        try await checkPlatforms(of: image, request, through: fetcher)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for blob in image.blobs {
                group.addTask { try await fetcher.fetch(blob, from: request.reference) }
            }
            try await group.waitForAll()
        }
        // A read-only layout that is complete needs no change.
        if try !layout.isNamed(request.reference, image.root.digest) {
            try layout.tag(request.reference, image.root)
        }
        return image
    }

    /// An image without an index says what it is for in its configuration: looked at before the layers come.
    private func checkPlatforms(
        of image: ResolvedImage, _ request: Request, through fetcher: BlobFetcher
    ) async throws {
        guard image.root.mediaType.role == .manifest, let configuration = image.blobs.first,
            configuration.mediaType.role == .configuration
        else { return }
        for platform in request.platforms {
            try await fetcher.fetch(configuration, from: request.reference)
            do throws(ImageError) {
                _ = try layout.image(request.reference.at(image.root.digest), platform: platform)
            } catch { throw ImageError(error.problem, reference: request.reference.description) }
        }
    }
}

/// The current target of a reference in a registry.
public struct ResolvedImage: Hashable, Sendable {
    public let reference: ImageReference
    /// The index or the manifest that the reference names.
    public let root: Descriptor
    /// The manifests of the platforms wanted; `root` itself where it is one.
    public let manifests: [Descriptor]
    /// Configurations, layers, and what is attached to the manifests; each once.
    public let blobs: [Descriptor]
}
