import Assembly
import FileTree
import Host
import KitConfig
import OCI
import Outputs
import Sharing

extension BuildSharing {
    /// What the outputs are to be made from, found out without a layer; nil if it cannot be known, for a reason that
    /// the build itself will tell.
    func keyBeforePulling() async throws -> BuildKey? {
        // Under a policy it is known only when images are admitted which of their attestations count.
        guard plan.policy == nil, !plan.command.sharing.cacheFrom.isEmpty else { return nil }
        do {
            return try await key { reference in
                try await fetching.documents(reference, platform: plan.platform)
            }
        } catch {
            reporter.detail(
                "what the build is made from is not known yet: \(Failure.wording(error))")
            return nil
        }
    }

    /// The same with the images that were prepared: what the build really uses.
    func keyOfPrepared(_ images: CachedImages) async throws -> BuildKey? {
        guard plan.command.sharing.isUsed else { return nil }
        return try await key { try images.image($0, platform: plan.platform) }
    }

    private func key(_ image: (ImageReference) async throws -> Image) async throws -> BuildKey {
        let command = plan.command
        var options = BuildInputs.Options()
        options.decompressKernel = command.decompressKernel
        options.shareEqualFiles = plan.session.shareEqualFiles
        options.strict = plan.session.strict
        options.diskSize = plan.session.diskSize
        let compression = plan.session.squashFSCompression
        options.squashFSCompression = compression.library ?? compression.rawValue
        if !command.noSbom { options.sbomPath = try plan.sbomPath }
        var inputs = BuildInputs(
            version: "\(Version.text) \(OutputFormats.identity)", architecture: plan.platform.architecture,
            formats: plan.formats.map(\.name),
            epoch: plan.stamp.time.seconds,
            configuration: try KitIdentity(assembler.expandedKit, home: HostEnvironment.home),
            options: options)
        let layout = try ImageLayout(reading: command.cache.path)
        for reference in try assembler.neededReferences {
            let image = try await image(reference)
            let statements = command.noSbom ? [] : try layout.spdxStatements(of: image)
            inputs.images.append(
                (name: reference.description, identity: ImageIdentity(image, statements: statements)))
        }
        for (reference, _) in try assembler.copiedReferences {
            inputs.copies.append(
                (name: reference.description, root: try layout.descriptor(of: reference)))
        }
        inputs.boot = try await bootIdentities(image)
        return BuildKey(inputs)
    }

    private func bootIdentities(
        _ image: (ImageReference) async throws -> Image
    ) async throws -> [(firmware: Firmware, source: BuildInputs.BootIdentity)] {
        let needed = plan.formats.reduce(into: Set<Firmware>()) { $0.formUnion($1.firmware) }
        var sources: [(firmware: Firmware, source: BuildInputs.BootIdentity)] = []
        for (_, firmware, value) in plan.command.boot.given where needed.contains(firmware) {
            if let value, BootOptions.isPath(value) {
                let files = try BootFiles.digests(ofFolder: value, for: firmware)
                sources.append(
                    (
                        firmware: firmware,
                        source: .folder(files.map { .init(name: $0.name, digest: $0.digest) })
                    ))
                continue
            }
            var name = value ?? BootFiles.defaultImage(firmware)
            if name.hasPrefix("@pkg:") {
                name = try packages.tag(path: String(name.dropFirst("@pkg:".count)), relativeTo: "")
                _ = try packages.buildMissing(reporter: reporter)
            }
            let reference = try ImageReference(name)
            let isFetched = value != nil || BootFiles.isPublished(firmware)
            let identity = ImageIdentity(
                try isFetched
                    ? await image(reference)
                    : ImageLayout(reading: plan.command.cache.path).image(reference, platform: plan.platform))
            sources.append((firmware: firmware, source: .image(identity)))
        }
        return sources
    }
}
