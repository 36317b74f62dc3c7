internal import Assembly
public import OCI
public import Registry
public import Signatures

/// Has images checked against a policy: when it is known what a registry has, before anything of it is fetched,
/// and again when they are used, wherever they come from.
public struct ImageVerification: Sendable {
    private let policy: ImagePolicy
    private let access: RegistryAccess
    private let onNote: @Sendable (String) -> Void
    private let layout: ImageLayout
    private let cached: LayoutSignatures
    private let isOffline: Bool
    /// True for images of packages that are built locally.
    private let isPackage: @Sendable (ImageReference) throws -> Bool

    public init(
        _ policy: ImagePolicy, cache: ImageCache, isOffline: Bool, access: RegistryAccess,
        isPackage: @escaping @Sendable (ImageReference) throws -> Bool = { _ in false },
        onNote: @escaping @Sendable (String) -> Void
    ) throws {
        self.policy = policy
        self.access = access
        self.onNote = onNote
        layout = try ImageLayout(reading: cache.path)
        cached = LayoutSignatures(layout)
        self.isOffline = isOffline
        self.isPackage = isPackage
    }

    /// For images that a registry has: every manifest that is wanted must be signed, or the index over them.
    public func approve(_ image: ResolvedImage) async throws {
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
        return try await policy.check(subject, in: [cached, registry], keepingIn: layout, onNote: onNote)
    }
}
