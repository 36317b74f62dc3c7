import Assembly
import OCI
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
        let boot = try command.boot.choices(for: plan.formats, packages: packages, reporter: reporter)
        return BuildKey(
            try await BuildInputs(
                of: assembler, formats: plan.formats, session: plan.session, stamp: plan.stamp,
                boot: boot.map { (firmware: $0.firmware, source: $0.source) },
                sbomPath: command.noSbom ? nil : try plan.sbomPath, version: Version.text,
                layout: try ImageLayout(reading: command.cache.path), image: image))
    }
}
