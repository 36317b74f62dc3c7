public import Digests
public import OCI

/// An image that is to be checked.
public struct PolicySubject: Sendable {
    /// The requested image, expanded.
    public var reference: ImageReference
    /// The target of the name, and if that is an index, the manifest of the platform chosen: a signature of
    /// either will do.
    public var digests: [SHA256Digest]
    /// True if the image is that of an `@pkg:` directory.
    public var isPackage: Bool

    public init(_ reference: ImageReference, digests: [SHA256Digest], isPackage: Bool = false) {
        self.reference = reference
        self.digests = digests
        self.isPackage = isPackage
    }

    public init(_ image: Image, isPackage: Bool = false) {
        var digests = [image.root.digest]
        if image.descriptor.digest != image.root.digest { digests.append(image.descriptor.digest) }
        self.init(image.reference, digests: digests, isPackage: isPackage)
    }
}

/// Why an image is accepted.
public struct PolicyDecision: Sendable, Equatable {
    /// A key that signed the image.
    public struct Signer: Sendable, Equatable {
        /// Its name in the policy.
        public let key: String
        /// Those of the image's digests that it signed.
        public let digests: Set<SHA256Digest>
    }

    /// The rule by its name; nil for a package that is exempt.
    public let rule: String?
    /// The keys that signed it. Empty if none was required.
    public let signers: [Signer]
    /// How many keys must have signed; 0 if none was required.
    public let threshold: Int

    static func unsigned(rule: String?) -> PolicyDecision {
        PolicyDecision(rule: rule, signers: [], threshold: 0)
    }

    /// True if `digest` itself is signed as the rule requires. Otherwise its contents must not be used: if only
    /// a platform's manifest is signed, the attestations of the index must not be.
    public func covers(_ digest: SHA256Digest) -> Bool {
        signers.count { $0.digests.contains(digest) } >= threshold
    }
}

extension ImagePolicy {
    /// Whether signatures will be looked up: if not, `check` queries no source.
    public func needsSignatures(of reference: ImageReference) -> Bool {
        guard case .signed = rule(for: RepositoryName(reference))?.requirement else { return false }
        return true
    }

    /// Accepts an image or throws; to be called before anything of the image but its index and manifest is used.
    /// Sources are queried in order, until enough signatures are found; signatures from sources other than
    /// `cache` are stored there, for builds without a network. Failure to store them is only reported.
    @discardableResult
    public func check(
        _ subject: PolicySubject, in sources: [any SignatureSource], keepingIn cache: ImageLayout? = nil,
        onNote: @Sendable (String) -> Void = { _ in }
    ) async throws(SignatureError) -> PolicyDecision {
        if subject.isPackage, exemptsPackages { return .unsigned(rule: nil) }
        let name = RepositoryName(subject.reference)
        guard let rule = rule(for: name) else { throw error(subject, rule: name.description, .noRule) }
        switch rule.requirement {
        case .accept: return .unsigned(rule: rule.name)
        case .reject: throw error(subject, rule: rule.name, .rejected)
        case .signed(let requirement):
            var search = SignatureSearch(
                SignatureCheck(
                    keys: requirement.keys, digests: subject.digests,
                    repository: requirement.identity == .repository ? name : nil),
                of: subject.reference, threshold: max(1, requirement.threshold))
            await search.run(in: sources)
            guard search.isSatisfied else {
                throw error(subject, rule: rule.name, Self.problem(search, sources))
            }
            // Who could not be asked may know the index as signed: what is taken of it must not depend on that.
            if let unasked = search.sourceError, !search.coversRoot {
                throw error(subject, rule: rule.name, .lookup(unasked))
            }
            if let cache { await Self.keep(search, in: cache, onNote: onNote) }
            return PolicyDecision(
                rule: rule.name,
                signers: search.signers.map { .init(key: $0.key.name, digests: $0.digests) },
                threshold: search.threshold)
        }
    }

    private func error(
        _ subject: PolicySubject, rule: String, _ problem: SignatureError.Problem
    ) -> SignatureError {
        SignatureError(
            image: subject.reference.description,
            digest: subject.digests.first ?? SHA256Digest(hashing: []), rule: rule, policy: self.name, problem
        )
    }

    private static func problem(
        _ search: SignatureSearch, _ sources: [any SignatureSource]
    ) -> SignatureError.Problem {
        // A source that failed may have the signature, so its error takes precedence over missing signatures.
        if let error = search.error { return .lookup(error) }
        if search.signers.isEmpty, search.failures.isEmpty { return .unsigned(places: sources.map(\.place)) }
        return .insufficient(
            signers: search.signers.map(\.key.name), needed: search.threshold, failures: search.failures)
    }

    private static func keep(
        _ search: SignatureSearch, in cache: ImageLayout, onNote: (String) -> Void
    ) async {
        for (found, source) in search.useful where !(source is LayoutSignatures) {
            do throws(SignatureLookupError) {
                try await cache.keep(found, of: search.reference, from: source)
            } catch {
                onNote("the signature of \(search.reference) could not be cached: \(error)")
            }
        }
    }
}
