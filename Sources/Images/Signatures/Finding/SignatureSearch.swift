internal import Digests
internal import OCI

/// Looks for good signatures of one image until there are enough: of its index in every source, and only if those
/// do not suffice of its manifest. So what a cache happens to hold does not decide whether the index counts as
/// signed.
struct SignatureSearch {
    let check: SignatureCheck
    let reference: ImageReference
    let threshold: Int
    /// Each key once.
    private(set) var signers: [Signer] = []
    private(set) var failures: [SignatureFailure] = []
    /// The first thing that kept the search from looking where it should have looked.
    private(set) var error: SignatureLookupError?
    /// Why a source as a whole could not be asked.
    private(set) var sourceError: SignatureLookupError?
    /// Manifests with a valid, previously unknown signature, by their source.
    private(set) var useful: [(found: FoundManifest, source: any SignatureSource)] = []
    /// Manifests of which nothing is left to look at.
    private var seen: Set<SHA256Digest> = []
    private var signatureCount = 0
    /// The digest whose signatures are looked for.
    private var wanted: SHA256Digest?

    init(_ check: SignatureCheck, of reference: ImageReference, threshold: Int) {
        self.check = check
        self.reference = reference
        self.threshold = threshold
    }

    /// True if enough keys signed the image, by its index or its manifest.
    var isSatisfied: Bool { signers.count >= threshold }

    /// True if enough keys signed the digest that the image's name resolves to.
    var coversRoot: Bool { check.digests.first.map(covers) ?? false }

    private func covers(_ digest: SHA256Digest) -> Bool {
        signers.count { $0.digests.contains(digest) } >= threshold
    }

    /// True if no other signature of `wanted` is needed.
    private var isDone: Bool { wanted == check.digests.first ? coversRoot : isSatisfied }

    mutating func run(in sources: [any SignatureSource]) async {
        var failed: Set<Int> = []
        for digest in check.digests {
            wanted = digest
            for (number, source) in sources.enumerated() where !isDone && !failed.contains(number) {
                do throws(SignatureLookupError) { try await look(for: digest, in: source) } catch {
                    self.error = self.error ?? error
                    // A registry that fails once is not asked again: it was tried often enough.
                    guard error.isOfSource else { continue }
                    failed.insert(number)
                    sourceError = sourceError ?? error
                }
            }
        }
    }

    private mutating func look(
        for digest: SHA256Digest, in source: any SignatureSource
    ) async throws(SignatureLookupError) {
        signatureCount = 0
        var tagError: SignatureLookupError?
        do throws(SignatureLookupError) { try await lookAtTag(of: digest, in: source) } catch {
            if error.isOfSource { throw error }
            tagError = error
        }
        if !isDone { try await lookAtReferrers(of: digest, in: source) }
        if let tagError { throw tagError }
    }

    private mutating func lookAtTag(
        of digest: SHA256Digest, in source: any SignatureSource
    ) async throws(SignatureLookupError) {
        let tag: ImageReference
        do throws(ImageError) { tag = try reference.signatureTag(for: digest) } catch {
            throw SignatureLookupError(error)
        }
        guard let manifest = try await source.manifest(tagged: tag) else { return }
        try await examine(manifest, about: digest, isTagged: true, in: source)
    }

    private mutating func lookAtReferrers(
        of digest: SHA256Digest, in source: any SignatureSource
    ) async throws(SignatureLookupError) {
        let referrers = try await source.referrers(of: digest, in: reference).filter(\.mayBeSignature)
        for descriptor in referrers.prefix(SignatureLimits.manifests) where !isDone {
            if seen.contains(descriptor.digest) { continue }
            let bytes = try await contents(
                of: descriptor, limit: SignatureLimits.manifest, for: descriptor.digest, in: source)
            guard let bytes else { continue }
            try await examine(
                SignatureManifest(descriptor: descriptor, bytes: bytes), about: digest, isTagged: false,
                in: source)
        }
        if referrers.count > SignatureLimits.manifests, !isDone {
            fail(digest, in: source, "only the first \(SignatureLimits.manifests) referrers were checked")
        }
    }

    private mutating func examine(
        _ manifest: SignatureManifest, about digest: SHA256Digest, isTagged: Bool,
        in source: any SignatureSource
    ) async throws(SignatureLookupError) {
        let name = manifest.descriptor.digest
        guard !seen.contains(name) else { return }
        let found: FoundManifest
        do throws(UnusableSignature) {
            found = try FoundManifest(manifest, subject: digest, isTagged: isTagged)
        } catch {
            seen.insert(name)
            return fail(name, in: source, error.reason)
        }
        let known = signers
        var isWhole = true
        for layer in found.signatures where !isDone {
            signatureCount += 1
            guard signatureCount <= SignatureLimits.signatures else {
                return fail(
                    name, in: source, "only \(SignatureLimits.signatures) signatures were checked")
            }
            let bytes = try await contents(of: layer, limit: SignatureLimits.blob, for: name, in: source)
            guard let bytes else {
                isWhole = false
                continue
            }
            judge(layer, bytes, of: name, in: source)
        }
        if isTagged, found.signatures.isEmpty { fail(name, in: source, "it contains no signature") }
        if signers != known { useful.append((found, source)) }
        if isWhole { seen.insert(name) }
    }

    /// The bytes of a manifest or a blob; nil, and reported, if they cannot be read.
    private mutating func contents(
        of descriptor: Descriptor, limit: Int, for manifest: SHA256Digest, in source: any SignatureSource
    ) async throws(SignatureLookupError) -> [UInt8]? {
        guard descriptor.size <= UInt64(limit) else {
            let reason = "\(descriptor.digest.oci) has \(descriptor.size) bytes, too many for a signature"
            fail(manifest, in: source, reason)
            return nil
        }
        do throws(SignatureLookupError) {
            let bytes = try await source.contents(of: descriptor, in: reference, limit: limit)
            if bytes == nil { fail(manifest, in: source, "\(descriptor.digest.oci) not found") }
            return bytes
        } catch {
            if error.isOfSource { throw error }
            self.error = self.error ?? error
            fail(manifest, in: source, "\(error)")
            return nil
        }
    }

    private mutating func judge(
        _ layer: Descriptor, _ bytes: [UInt8], of manifest: SHA256Digest, in source: any SignatureSource
    ) {
        do throws(UnusableSignature) {
            let signer =
                layer.isSigstoreBundle
                ? try check.bundle(bytes)
                : try check.simpleSigning(
                    payload: bytes, signature: layer.annotations[SimpleSigning.signatureAnnotation],
                    hasCertificate: layer.annotations[SimpleSigning.certificateAnnotation] != nil)
            if let known = signers.firstIndex(where: { $0.key.key == signer.key.key }) {
                signers[known].digests.formUnion(signer.digests)
            } else {
                signers.append(signer)
            }
        } catch {
            fail(manifest, in: source, error.reason)
        }
    }

    private mutating func fail(
        _ manifest: SHA256Digest, in source: any SignatureSource, _ reason: String
    ) {
        failures.append(SignatureFailure(place: source.place, manifest: manifest, reason: reason))
    }
}
