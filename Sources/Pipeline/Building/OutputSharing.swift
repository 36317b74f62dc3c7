internal import Assembly
internal import OCI
internal import Outputs
internal import Registry
internal import Sharing
internal import Signatures

/// Restores the outputs of a build from shared caches, and stores them there. Whatever goes wrong is a warning.
struct OutputSharing {
    let request: BuildRequest
    let services: BuildServices
    let resolved: ResolvedBuild
    let assembler: Assembler
    let acquisition: ImageAcquisition
    let version: String
    let events: @Sendable (BuildEvent) -> Void

    private var expected: ExpectedFiles { ExpectedFiles(request.formats, of: resolved.kit) }

    /// The outputs, if a shared cache has them.
    func restore(_ key: BuildKey?) async throws -> [WrittenFile]? {
        guard let key, let sharing = services.sharing else { return nil }
        for repository in sharing.sources {
            events(.sharing(.looking(in: repository)))
            switch try await cache(repository).restore(key, expecting: expected, path: request.path) {
            case .found(let files, let warnings):
                for warning in warnings { events(.warning(.output(warning))) }
                events(.sharing(.found(in: repository, tag: key.tag)))
                return files
            case .missing: events(.sharing(.missing(in: repository, tag: key.tag)))
            case .unusable(let reason): events(.warning(.sharedEntryUnusable(reason: reason)))
            case .failed(let error): events(.warning(.sharedCacheFailed(error)))
            }
        }
        return nil
    }

    /// Keeps the outputs for others, unless the inputs changed or vanished meanwhile: `now` is the key of a build that
    /// would start after this one.
    func store(
        _ files: [WrittenFile], _ key: BuildKey?, now: () async throws -> BuildKey?, warnings: [String]
    ) async throws {
        guard let repository = services.sharing?.destination, let key else { return }
        guard key == (try? await now()) else { return events(.warning(.inputsChanged)) }
        events(.sharing(.storing(in: repository)))
        do {
            switch try await cache(repository).store(
                key, expected, files: files, path: request.path, warnings: warnings)
            {
            case .stored: events(.sharing(.stored(in: repository, tag: key.tag)))
            case .existed: events(.sharing(.existed(in: repository, tag: key.tag)))
            }
        } catch {
            events(.warning(.notShared(error)))
        }
    }

    private func cache(_ repository: ImageReference) async throws -> SharedCache {
        let client = try await services.registries.failFastClient()
        var cache = SharedCache(repository, client: client)
        if let policy = services.policy {
            cache.admit = { reference, entry in
                try await policy.check(
                    PolicySubject(reference, digests: [entry.digest]), in: [RegistrySignatures(client)])
            }
        }
        return cache
    }

    // MARK: Keys

    /// The key of the outputs, found out without a layer; nil if it can't be known, for a reason that the build itself
    /// will report.
    func keyBeforePulling() async -> BuildKey? {
        // Under a policy it is known only when images are admitted which of their attestations count.
        guard services.policy == nil, services.sharing?.sources.isEmpty == false else { return nil }
        do {
            return try await key { try await acquisition.documents($0, platform: request.platform) }
        } catch {
            events(.sharing(.inputsUnknown(error)))
            return nil
        }
    }

    /// The same with the images that were prepared: what the build really uses.
    func key(prepared images: CachedImages) async throws -> BuildKey? {
        guard services.sharing != nil else { return nil }
        return try await key { try images.image($0, platform: request.platform) }
    }

    private func key(_ image: (ImageReference) async throws -> Image) async throws -> BuildKey {
        BuildKey(
            try await BuildInputs(
                of: assembler, formats: request.formats, session: request.outputOptions, stamp: request.stamp,
                boot: resolved.boot.map { (firmware: $0.firmware, source: $0.source) },
                sbomPath: request.sbom?.path, version: version,
                layout: try ImageLayout(reading: services.cache.path), image: image))
    }
}
