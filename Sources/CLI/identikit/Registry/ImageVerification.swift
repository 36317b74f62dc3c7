import Assembly
import OCI
import Registry
import Signatures

/// Has images checked against a policy: when it is known what a registry has, before anything of it is fetched,
/// and again when they are used, wherever they come from.
struct ImageVerification: Sendable {
    let policy: ImagePolicy
    let access: RegistryAccess
    let reporter: Reporter
    private let layout: ImageLayout
    private let cached: LayoutSignatures
    private let isOffline: Bool
    /// True for images of packages that are made here.
    private let isPackage: @Sendable (ImageReference) throws -> Bool

    init(
        _ policy: ImagePolicy, cache: CacheOptions, isOffline: Bool, access: RegistryAccess,
        reporter: Reporter, isPackage: @escaping @Sendable (ImageReference) throws -> Bool = { _ in false }
    ) throws {
        self.policy = policy
        self.access = access
        self.reporter = reporter
        layout = try ImageLayout(reading: cache.path)
        cached = LayoutSignatures(layout)
        self.isOffline = isOffline
        self.isPackage = isPackage
    }

    /// For images that a registry has: every manifest that is wanted must be signed, or the index over them.
    func approve(_ image: ResolvedImage) async throws {
        for manifest in image.manifests.isEmpty ? [image.root] : image.manifests {
            var digests = [image.root.digest]
            if manifest.digest != image.root.digest { digests.append(manifest.digest) }
            _ = try await check(
                PolicySubject(
                    image.reference, digests: digests, isPackage: try isPackage(image.reference)))
        }
    }

    /// For images that are used.
    var admission: CachedImages.Admission {
        CachedImages.Admission(
            image: { image in
                let decision = try await check(
                    PolicySubject(image, isPackage: try isPackage(image.reference)))
                // What an index attaches to an image is worth as much as the index.
                return decision.covers(image.root.digest) ? image : image.withoutIndex
            },
            copy: { reference, root in
                _ = try await check(
                    PolicySubject(
                        reference, digests: [root.digest], isPackage: try isPackage(reference)))
            })
    }

    private func check(_ subject: PolicySubject) async throws -> PolicyDecision {
        // Most images are checked with what the cache has: no connection is made for them. Where that knows the
        // manifest alone as signed, a registry may know the index.
        do throws(SignatureError) {
            let decision = try await policy.check(subject, in: [cached])
            if isOffline || subject.digests.prefix(1).allSatisfy(decision.covers) { return decision }
        } catch {
            guard !isOffline, policy.needsSignatures(of: subject.reference) else { throw error }
        }
        let registry = RegistrySignatures(try await access.client())
        return try await policy.check(subject, in: [cached, registry], keepingIn: layout) {
            reporter.note($0)
        }
    }
}
