internal import Assembly
internal import Bytes
internal import OCI
internal import Registry

/// Brings images into the cache that a build needs and the cache does not have.
struct ImageAcquisition: Sendable {
    let services: BuildServices
    /// Images that are built locally: never asked for once they exist.
    let builtLocally: Set<ImageReference>
    /// Whether SBOMs attached to images are needed too.
    let needsAttestations: Bool
    /// What names stand for; empty without a lock.
    let pins: [ImageReference: ImagePin]
    let verification: ImageVerification?
    let daemon: DaemonImages?
    let events: @Sendable (BuildEvent) -> Void

    init(
        _ services: BuildServices, packages: PackageImages, needsAttestations: Bool,
        pins: [ImageReference: ImagePin] = [:], events: @escaping @Sendable (BuildEvent) -> Void
    ) throws {
        self.services = services
        self.pins = pins
        self.needsAttestations = needsAttestations
        self.events = events
        builtLocally = packages.references
        verification = try services.policy.map { policy in
            try ImageVerification(
                policy, cache: services.cache, isOffline: services.pulling == .never,
                access: services.registries, isPackage: packages.builds, onNote: { events(.note($0)) })
        }
        // As with LinuxKit, registries are asked for every image whatever a daemon has.
        daemon = services.usesDaemon && services.pulling != .always ? try DaemonImages(events: events) : nil
    }

    /// The cache's images, each to be admitted by the policy.
    func images() throws -> CachedImages {
        try services.cache.images(admission: verification?.admission, pins: pins)
    }

    /// Has `use` look the images up when the cache has them. One that another process removes from the cache between
    /// the two is pulled again.
    func ensure(_ requests: [ImagePuller.Request], then use: () async throws -> Void) async throws {
        for isLast in [false, false, true] {
            try await pull(requests)
            do { return try await use() } catch let error as ImageError {
                guard case .notFound = error.problem, !isLast, services.pulling != .never else { throw error }
            }
        }
    }

    /// Returns when the cache has what is wanted, or doesn't and nobody may be asked: then reading reports what is
    /// missing.
    private func pull(_ requests: [ImagePuller.Request]) async throws {
        var requests = try requests.map(located)
        if let daemon {
            // What a daemon has is what was asked for, whatever registries have.
            requests = try await daemon.take(
                requests, into: try services.cache.layout(), except: builtLocally)
        }
        if services.pulling == .never { return }
        let missing = try missing(requests)
        guard !missing.isEmpty else { return }
        events(.asking(images: missing.count))
        let layout = try services.cache.layout()
        let puller = try await puller(into: layout)
        let result: ImagePuller.Outcome
        do { result = try await puller.pull(missing) } catch let error as RegistryError {
            // With `.always` the cache may well have it, and is not what was asked; what the registry does not have
            // has nothing to do with the cache.
            if services.pulling == .always { throw error }
            if case .notFound = error.problem { throw error }
            throw BuildError.notAcquired(error, cache: services.cache.path)
        } catch is StreamError where !layout.isWritable {
            throw BuildError.cacheNotWritable(path: layout.path)
        } catch is ImageError where !layout.isWritable {
            throw BuildError.cacheNotWritable(path: layout.path)
        }
        if result.progress.fetchedBlobs > 0 { events(.pulled(result.progress)) }
    }

    /// The request by digest, if the reference is pinned and the cache does not have the pinned image under its name.
    private func located(_ request: ImagePuller.Request) throws -> ImagePuller.Request {
        let reference = request.reference
        guard let pin = pins[reference], !builtLocally.contains(reference) else { return request }
        if services.pulling != .always {
            let layout = try ImageLayout(reading: services.cache.path)
            if (try? layout.descriptor(of: reference))?.digest == pin.root { return request }
            if request.platforms.count == 1,
                let image = try? layout.image(reference, platform: request.platforms[0]), pin.allows(image)
            {
                return request
            }
        }
        return ImagePuller.Request(reference.at(pin.root), platforms: request.platforms)
    }

    /// The pin for what `reference` stands for now: in the cache, or in its registry where the cache does not have it.
    func pin(_ reference: ImageReference, platform: Platform) async throws -> ImagePin {
        let image = try await documents(reference, platform: platform)
        return try services.cache.layout().pin(image.root)
    }

    /// The same for an image that is copied whole, for `platforms`; for all of them if the list is empty.
    func pin(_ reference: ImageReference, platforms: [Platform]) async throws -> ImagePin {
        let layout = try services.cache.layout()
        let isAsked = services.pulling == .always && !builtLocally.contains(reference)
        if !isAsked, let root = try? layout.descriptor(of: reference) { return try layout.pin(root) }
        let resolved = try await puller(into: layout).resolve(
            ImagePuller.Request(reference, platforms: platforms))
        return try layout.pin(resolved.root)
    }

    /// What an image is, found out without its layers: from the cache, or from its registry where the cache does not
    /// have it.
    func documents(_ reference: ImageReference, platform: Platform) async throws -> Image {
        let isAsked = services.pulling == .always && !builtLocally.contains(reference)
        if !isAsked,
            let image = try? ImageLayout(reading: services.cache.path).image(
                reference, platform: platform, pin: pins[reference])
        {
            return image
        }
        if services.pulling == .never {
            return try ImageLayout(reading: services.cache.path).image(
                reference, platform: platform, pin: pins[reference])
        }
        let layout = try services.cache.layout()
        let resolved = try await puller(into: layout).resolve(
            try located(ImagePuller.Request(reference, platforms: [platform])))
        return try layout.image(reference.at(resolved.root.digest), platform: platform)
    }

    /// Fetches what is damaged of the image that `error` is about, by its digest; false if nothing could be done.
    func restore(_ error: ImageError) async throws -> Bool {
        guard services.pulling != .never, case .wrongBlob = error.problem,
            let reference = try error.reference.map({ try ImageReference($0) }),
            !builtLocally.contains(reference)
        else { return false }
        let layout = try services.cache.layout()
        guard layout.isWritable else { return false }
        events(.restoring(reference, error))
        do {
            let puller = ImagePuller(client: try await services.registries.client(), layout: layout)
            return try await puller.restore(reference) > 0
        } catch let failure as RegistryError {
            throw BuildError.notRestored(reference, error, failure)
        }
    }

    /// Which images the parts of an earlier output are compared with: those that the cache has; with `.always` all.
    func comparison(platform: Platform) throws -> (ImageReference) -> Bool {
        if services.pulling == .always { return { _ in true } }
        let layout = try ImageLayout(reading: services.cache.path)
        return { [needsAttestations] reference in
            // What is wrong with an image shows when it is needed.
            (try? layout.isComplete(reference, platform: platform, attestations: needsAttestations)) == true
        }
    }

    private func puller(into layout: ImageLayout) async throws -> ImagePuller {
        var puller = ImagePuller(client: try await services.registries.client(), layout: layout)
        if let verification { puller.options.approve = verification.approve }
        puller.options.onProgress = { [events] in events(.pulling($0)) }
        return puller
    }

    private func missing(_ requests: [ImagePuller.Request]) throws -> [ImagePuller.Request] {
        let layout = try ImageLayout(reading: services.cache.path)
        return try requests.filter { request in
            if services.pulling == .always, !builtLocally.contains(request.reference) { return true }
            return try !isComplete(request, in: layout)
        }
    }

    private func isComplete(
        _ request: ImagePuller.Request, in layout: ImageLayout
    ) throws(ImageError) -> Bool {
        guard request.platforms.count == 1 else {
            return try layout.isComplete(request.reference, platforms: request.platforms)
        }
        return try layout.isComplete(
            request.reference, platform: request.platforms[0], attestations: needsAttestations)
    }
}
