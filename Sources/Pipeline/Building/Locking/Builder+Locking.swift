internal import Assembly
public import OCI
internal import Outputs

extension Builder {
    /// Finds out what all names of a request stand for now: in the cache, or in a registry where the cache does not have
    /// them; registries are asked for all of them with `PullRule.always`. Packages are built.
    ///
    /// - Parameters:
    ///   - kept: pins that stay as they are, as far as their images are still used.
    ///   - isLenient: leave out default boot images that cannot be found, as for a lock that is made for all formats;
    ///     otherwise they are errors.
    public func lock(
        _ request: BuildRequest, keeping kept: [ImageReference: ImagePin] = [:], isLenient: Bool
    ) async throws -> ImageLock {
        let resolution = Resolution(request: request, services: services, events: events)
        let resolved = try await resolution.resolve(buildsPackages: true)
        let run = try BuildRun(request, resolved, services, version: version, events: events)
        var lock = ImageLock(configuration: resolved.configurationDigest)
        lock.files = resolved.fetched
        for (reference, platforms) in try run.assembler.copiedReferences {
            lock.images[reference] =
                if let pin = kept[reference] { pin } else {
                    try await run.acquisition.pin(reference, platforms: platforms)
                }
        }
        for reference in try run.assembler.neededReferences {
            lock.images[reference] =
                if let pin = kept[reference] { pin } else {
                    try await run.acquisition.pin(reference, platform: request.platform)
                }
        }
        for choice in resolved.boot {
            guard case .image(let reference, let isFetched) = choice.source else { continue }
            lock.images[reference] = kept[reference]
            if kept[reference] != nil { continue }
            do {
                guard isFetched || isCached(reference, request.platform) else {
                    throw ImageError(
                        .notFound(path: services.cache.path, available: []), reference: "\(reference)")
                }
                lock.images[reference] = try await run.acquisition.pin(reference, platform: request.platform)
            } catch  where isLenient && choice.isDefault {
                events(
                    .note("\(reference), the default image with boot files, was not found; it is not locked"))
            }
        }
        return lock
    }

    private func isCached(_ reference: ImageReference, _ platform: Platform) -> Bool {
        (try? ImageLayout(reading: services.cache.path).image(reference, platform: platform)) != nil
    }
}

extension BuildRun {
    /// Checks that all images are locked, if there is a lock.
    func checkLock() throws {
        guard let lock = request.lock else { return }
        let isCurrent = lock.configuration == resolved.configurationDigest
        if !isCurrent, request.requiresCurrentLock { throw LockError.configurationChanged }
        var references = try assembler.neededReferences
        references += try assembler.copiedReferences.map(\.reference)
        for choice in resolved.boot {
            if case .image(let reference, _) = choice.source { references.append(reference) }
        }
        try lock.check(references)
        if !isCurrent {
            events(.note("the configuration changed after it was locked; its images are the locked ones"))
        }
    }
}
