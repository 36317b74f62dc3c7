import ArgumentParser
import Bytes
import Host
import OCI
import Registry

/// Which images a build brings into the cache.
struct FetchOptions: ParsableArguments {
    @Flag(help: "Ask the registries for every image, also for those in the cache.")
    var pull = false

    @Flag(help: "Ask no registry: everything must be in the cache.")
    var offline = false

    /// Finds wrong values before any work is done.
    func check() throws {
        if pull, offline { throw Failure("--pull and --offline exclude each other", .usage) }
    }
}

/// Brings the images into the cache that a command needs and the cache lacks.
struct ImageFetching {
    let cache: CacheOptions
    let options: FetchOptions
    let access: RegistryAccess
    let reporter: Reporter
    /// Whether bills of materials that are attached to images are needed, too.
    var needsAttestations = true
    /// Images that are made here, of sources at hand: never asked for again once they are there.
    var madeHere: Set<ImageReference> = []
    /// Asked first for every image; nil without `--docker`.
    var daemon: DaemonImages?
    /// Asked about every image before anything of it is fetched; an error refuses it.
    var approve: @Sendable (ResolvedImage) async throws -> Void = { _ in }

    /// Returns when the cache has what is wanted, or has not and must not ask: then reading says what is missing.
    func ensure(_ requests: [ImagePuller.Request]) async throws {
        var requests = requests
        if let daemon {
            // What a daemon has is what was asked for: no registry has a say in it.
            requests = try await daemon.take(requests, into: try cache.layout(), except: madeHere)
        }
        if options.offline { return }
        let lacking = try lacking(requests)
        guard !lacking.isEmpty else { return }
        reporter.progress("asking for \(lacking.count) images")
        let layout = try cache.layout()
        var puller = ImagePuller(client: try await access.client(), layout: layout)
        puller.options.approve = approve
        puller.options.onProgress = { reporter.amount($0.line) }
        let result: ImagePuller.Outcome
        do { result = try await puller.pull(lacking) } catch let error as RegistryError {
            // With --pull the cache may well have it, and is not what was asked; what the registry does not have
            // is no matter of the cache.
            if options.pull { throw error }
            if case .notFound = error.problem { throw error }
            throw Failure(error, lookedIn: cache.path)
        } catch is StreamError where !layout.isWritable {
            throw Failure(unwritable: layout, because: "lacks images and ")
        } catch is ImageError where !layout.isWritable {
            throw Failure(unwritable: layout, because: "lacks images and ")
        }
        if result.progress.fetchedBlobs > 0 { reporter.note(result.progress.summary) }
    }

    /// Has `use` look the images up when the cache has them. One that another process removes from the cache between
    /// the two is brought again.
    func ensure(_ requests: [ImagePuller.Request], then use: () async throws -> Void) async throws {
        for isLast in [false, false, true] {
            try await ensure(requests)
            do { return try await use() } catch let error as ImageError {
                guard case .notFound = error.problem, !isLast, !options.offline else { throw error }
            }
        }
    }

    /// What an image is, found out without its layers: from the cache, or from its registry where the cache does not
    /// know it.
    func documents(_ reference: ImageReference, platform: Platform) async throws -> Image {
        let isAsked = options.pull && !madeHere.contains(reference)
        if !isAsked, let image = try? ImageLayout(reading: cache.path).image(reference, platform: platform) {
            return image
        }
        let layout = try cache.layout()
        var puller = ImagePuller(client: try await access.client(), layout: layout)
        puller.options.approve = approve
        let resolved = try await puller.resolve(ImagePuller.Request(reference, platforms: [platform]))
        return try layout.image(reference.at(resolved.root.digest), platform: platform)
    }

    /// Fetches what is damaged of the image that `error` is about, by its digest; false if nothing could be done.
    func restore(_ error: ImageError) async throws -> Bool {
        guard !options.offline, case .wrongBlob = error.problem,
            let reference = try error.reference.map({ try ImageReference($0) }),
            !madeHere.contains(reference)
        else { return false }
        let layout = try cache.layout()
        guard layout.isWritable else { return false }
        reporter.note("\(error.problem.summary) (\(reference)); fetching it again")
        do {
            let puller = ImagePuller(client: try await access.client(), layout: layout)
            return try await puller.restore(reference) > 0
        } catch let failure as RegistryError {
            throw Failure(
                "image \(reference): \(error.problem.summary); it could not be fetched again: \(failure)",
                .invalidInput)
        }
    }

    private func lacking(_ requests: [ImagePuller.Request]) throws -> [ImagePuller.Request] {
        let layout = try ImageLayout(reading: cache.path)
        return try requests.filter { request in
            if options.pull, !madeHere.contains(request.reference) { return true }
            return try !isComplete(request, in: layout)
        }
    }

    private func isComplete(_ request: ImagePuller.Request, in layout: ImageLayout) throws(ImageError) -> Bool
    {
        guard request.platforms.count == 1 else {
            return try layout.isComplete(request.reference, platforms: request.platforms)
        }
        return try layout.isComplete(
            request.reference, platform: request.platforms[0], attestations: needsAttestations)
    }
}

extension PullProgress {
    /// While it goes on.
    var line: String {
        "pulling: \(completeImages) of \(images) images, \(receivedBytes.readableSize) received"
    }

    /// When it is over.
    var summary: String {
        "pulled \(completeImages) \(completeImages == 1 ? "image" : "images"): "
            + "\(fetchedBlobs) blobs, \(receivedBytes.readableSize)"
    }
}

extension Failure {
    /// The wording for what a registry would not give, with where else it was looked for.
    init(_ error: RegistryError, lookedIn cache: String) {
        let failure = Failure(error)
        self.init(
            "\(failure?.message ?? "\(error)") (the cache \(cache) does not have all of it)",
            failure?.status ?? .unavailable)
    }
}
