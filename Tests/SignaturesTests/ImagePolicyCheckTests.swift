import Bytes
import Digests
import Host
import OCI
import Registry
import TestSupport
import Testing

@testable import Signatures

/// Whole images against whole policies, signatures in a layout.
@Suite(.enabled(if: Tool.available("openssl"))) struct ImagePolicyCheckTests {
    let builder: LayoutBuilder
    let image: Image
    let (one, two, three): (CosignSigner, CosignSigner, CosignSigner)

    init() throws {
        builder = try LayoutBuilder()
        try builder.image("\(Samples.repository):1", layers: [[.file("etc/motd", "hello")]])
        image = try builder.layout.image(
            try ImageReference("\(Samples.repository):1"), platform: Platform(architecture: "amd64"))
        (one, two, three) = (try Samples.one.get(), try Samples.two.get(), try Samples.three.get())
    }

    private var root: SHA256Digest { image.root.digest }

    private func policy(_ threshold: Int = 1, identity: SignedRequirement.Identity = .any) throws
        -> ImagePolicy
    {
        let keys = [try one.key("a"), try two.key("b"), try three.key("c")]
        let rule = ImagePolicy.Rule(
            name: "team", images: [try RepositoryPattern("registry.example/team/*")],
            requirement: .signed(SignedRequirement(keys: keys, threshold: threshold, identity: identity)))
        return ImagePolicy(name: "policy.json", rules: [rule])
    }

    private func check(_ policy: ImagePolicy) async throws(SignatureError) -> PolicyDecision {
        try await policy.check(PolicySubject(image), in: [LayoutSignatures(builder.layout)])
    }

    private func problem(_ policy: ImagePolicy) async throws -> SignatureError {
        try #require(await #expect(throws: SignatureError.self) { try await check(policy) })
    }

    @Test func takesTheTagLayout() async throws {
        try one.tagged(root, in: Samples.repository).write(into: builder.layout)
        let decision = try await check(policy())
        #expect(decision.rule == "team")
        #expect(decision.signers.map(\.key) == ["a"])
        #expect(decision.covers(root))
        #expect(!decision.covers(Samples.other))
    }

    @Test func takesTheReferrersLayout() async throws {
        try two.referring(to: image.root, in: Samples.repository).write(into: builder.layout)
        #expect(try await check(policy()).signers.map(\.key) == ["b"])
    }

    /// As other tools copy them: a manifest in the layout that names its subject, and no index that lists it.
    @Test func takesManifestsThatNameTheirSubject() async throws {
        let artifact = try two.referring(to: image.root, in: Samples.repository)
        for blob in artifact.blobs {
            try builder.layout.addBlob(blob.bytes, mediaType: blob.descriptor.mediaType)
        }
        try builder.layout.addBlob(artifact.manifest, mediaType: .imageManifest)
        try builder.layout.tag(try ImageReference("elsewhere.example/x:1"), artifact.descriptor)
        #expect(try await check(policy()).signers.map(\.key) == ["b"])
    }

    @Test func takesASignatureOfThePlatformsManifest() async throws {
        let manifest = image.descriptor
        #expect(manifest.digest != root)
        try one.tagged(manifest.digest, in: Samples.repository).write(into: builder.layout)
        let decision = try await check(policy())
        #expect(decision.signers.map(\.digests) == [[manifest.digest]])
        #expect(!decision.covers(root))
    }

    @Test func countsKeysAndNotSignatures() async throws {
        let payload = CosignSigner.payload(for: root, reference: Samples.repository)
        func signature(_ signer: CosignSigner) throws -> ([UInt8], String) {
            (payload, Base64.encode(try signer.sign(payload)))
        }
        // One key three times, also in the other layout, is one key.
        try CosignArtifact.simpleSigning(
            [try signature(one), try signature(one)], of: root, in: Samples.repository
        ).write(into: builder.layout)
        try one.referring(to: image.root, in: Samples.repository).write(into: builder.layout)
        let error = try await problem(policy(2))
        #expect(error.problem == .insufficient(signers: ["a"], needed: 2, failures: []))
        #expect(
            error.description.contains("signed only by a, but rule \"team\" of policy.json requires 2 keys"))
        // The second key's signature of the platform's manifest makes it two, the third's of the index three.
        try two.tagged(image.descriptor.digest, in: Samples.repository).write(into: builder.layout)
        let both = try await check(policy(2))
        #expect(both.signers.map(\.key) == ["a", "b"])
        #expect(!both.covers(root), "one key of two signed the index")
        try three.referring(to: image.root, in: Samples.repository).write(into: builder.layout)
        #expect(try await Set(check(policy(3)).signers.map(\.key)) == ["a", "b", "c"])
        let index = try await check(policy(2))
        #expect(index.covers(root) && index.signers.map(\.key) == ["a", "c"])
    }

    @Test("What a cache happens to hold does not decide whether the index counts as signed")
    func looksForTheIndexEverywhere() async throws {
        try one.tagged(image.descriptor.digest, in: Samples.repository).write(into: builder.layout)
        let other = try LayoutBuilder()
        try one.tagged(root, in: Samples.repository).write(into: other.layout)
        let (cache, elsewhere) = (LayoutSignatures(builder.layout), LayoutSignatures(other.layout))
        let subject = PolicySubject(image)
        for sources in [[cache, elsewhere], [elsewhere], [elsewhere, cache]] {
            #expect(try await policy().check(subject, in: sources).covers(root))
        }
        // Nobody can say what a source that fails would have said.
        let failing = FailingSource(.unreachable(reason: "nobody listens"))
        let error = await #expect(throws: SignatureError.self) {
            try await policy().check(subject, in: [cache, failing])
        }
        guard case .lookup? = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try await policy().check(subject, in: [elsewhere, failing]).covers(root))
    }

    @Test("A referrer that anybody may have attached hides no signature")
    func goesOnAfterBadReferrers() async throws {
        try one.referring(to: image.root, in: Samples.repository).write(into: builder.layout)
        let mixed = FailingSource(
            .wrongContent(expected: root, found: Samples.other, size: 1), first: [image.descriptor],
            then: LayoutSignatures(builder.layout))
        #expect(try await policy().check(PolicySubject(image), in: [mixed]).covers(root))
    }

    @Test func refusesWhatIsNotSigned() async throws {
        let error = try await problem(policy())
        #expect(error.problem == .unsigned(places: ["the cache \(builder.path)"]))
        for part in [
            "\(Samples.repository):1", root.oci, "rule \"team\" of policy.json",
            "no signature found in the cache",
            "cosign sign",
        ] { #expect(error.description.contains(part)) }
    }

    /// Signatures over another image, put where those of this one belong.
    @Test func refusesTransplantedSignatures() async throws {
        let foreign = try one.tagged(Samples.other, in: Samples.repository)
        let here = CosignArtifact.simpleSigning(
            [
                (
                    foreign.blobs[1].bytes,
                    try #require(
                        foreign.blobs[1].descriptor.annotations["dev.cosignproject.cosign/signature"])
                )
            ], of: root, in: Samples.repository)
        try here.write(into: builder.layout)
        let bundle = try one.bundle(CosignSigner.statement(for: Samples.other))
        try CosignArtifact.bundle(bundle, of: image.root, in: Samples.repository).write(into: builder.layout)
        guard case .insufficient([], 1, let failures) = try await problem(policy()).problem else {
            Issue.record("accepted, or refused for another reason")
            return
        }
        #expect(failures.count == 2)
        for failure in failures { #expect(failure.reason == "it is for another image: \(Samples.other.oci)") }
    }

    @Test func refusesOtherKeysAndSaysWhy() async throws {
        let stranger = try CosignSigner()
        try stranger.tagged(root, in: Samples.repository).write(into: builder.layout)
        let error = try await problem(policy())
        #expect(error.description.contains("no valid signature"))
        #expect(error.description.contains("it is not by any of the keys a, b, c"))
    }

    @Test func oneGoodSignatureAmongBadOnesIsEnough() async throws {
        let payload = CosignSigner.payload(for: root, reference: "")
        let elsewhere = CosignSigner.payload(for: Samples.other, reference: "")
        try CosignArtifact.simpleSigning(
            [
                (payload, "AAAA"), (elsewhere, Base64.encode(try one.sign(elsewhere))),
                (Array("{}".utf8), ""),
                (payload, Base64.encode(try three.sign(payload))),
            ], of: root, in: Samples.repository
        ).write(into: builder.layout)
        #expect(try await check(policy()).signers.map(\.key) == ["c"])
    }

    @Test func asksForTheRepositoryWhereTheRuleDoes() async throws {
        try one.tagged(root, in: "registry.example/other/app").write(into: builder.layout)
        let payload = CosignSigner.payload(for: root, reference: "registry.example/other/app")
        let elsewhere = CosignArtifact.simpleSigning(
            [(payload, Base64.encode(try one.sign(payload)))], of: root, in: Samples.repository)
        try elsewhere.write(into: builder.layout)
        try two.referring(to: image.root, in: Samples.repository).write(into: builder.layout)
        #expect(try await check(policy()).signers.count == 1)
        guard
            case .insufficient([], 1, let failures) = try await problem(policy(identity: .repository)).problem
        else {
            Issue.record("accepted, or refused for another reason")
            return
        }
        #expect(failures.count == 2)
        try one.tagged(root, in: Samples.repository).write(into: builder.layout)
        #expect(try await check(policy(identity: .repository)).signers.map(\.key) == ["a"])
    }

    @Test func rulesAcceptAndRejectWithoutLooking() async throws {
        for (requirement, accepted) in [(ImagePolicy.Requirement.accept, true), (.reject, false)] {
            let rule = ImagePolicy.Rule(name: "all", images: [.everything], requirement: requirement)
            let policy = ImagePolicy(name: "p", rules: [rule])
            #expect(!policy.needsSignatures(of: image.reference))
            if accepted {
                #expect(try await policy.check(PolicySubject(image), in: []).rule == "all")
            } else {
                #expect(try await problem(policy).problem == .rejected)
            }
        }
        let none = ImagePolicy(name: "p", rules: [])
        let error = try await problem(none)
        #expect(error.problem == .noRule)
        #expect(error.description.contains("add a rule for registry.example/team/app"))
    }

    @Test func packagesObeyUnlessThePolicyExemptsThem() async throws {
        var policy = try policy()
        let package = PolicySubject(image, isPackage: true)
        await #expect(throws: SignatureError.self) { try await policy.check(package, in: []) }
        policy.exemptsPackages = true
        #expect(try await policy.check(package, in: []).rule == nil)
        await #expect(throws: SignatureError.self) { try await policy.check(PolicySubject(image), in: []) }
    }

    @Test func anOptionOfKeysIsAPolicy() async throws {
        let policy = ImagePolicy(
            requiring: [try one.key("one.pub"), try two.key("two.pub")], option: "--verify-images")
        #expect(policy.needsSignatures(of: image.reference))
        let error = try await problem(policy)
        #expect(error.description.contains("not signed, but required by --verify-images"))
        try two.tagged(root, in: Samples.repository).write(into: builder.layout)
        #expect(try await check(policy).signers.map(\.key) == ["two.pub"])
    }
}

/// A registry that fails: in everything, or in the contents of some referrers while others are as in `base`.
private struct FailingSource: SignatureSource {
    let error: SignatureLookupError
    var first: [Descriptor] = []
    var base: LayoutSignatures?
    var place: String { "a registry that fails" }

    init(_ problem: RegistryError.Problem, first: [Descriptor] = [], then base: LayoutSignatures? = nil) {
        error = SignatureLookupError(RegistryError(registry: "registry.example", problem))
        self.first = first
        self.base = base
    }

    func manifest(
        tagged reference: ImageReference
    ) async throws(SignatureLookupError) -> SignatureManifest? {
        guard let base else { throw error }
        return try base.manifest(tagged: reference)
    }

    func referrers(
        of digest: SHA256Digest, in repository: ImageReference
    ) async throws(SignatureLookupError) -> [Descriptor] {
        guard let base else { throw error }
        return first + (try base.referrers(of: digest, in: repository))
    }

    func contents(
        of descriptor: Descriptor, in repository: ImageReference, limit: Int
    ) async throws(SignatureLookupError) -> [UInt8]? {
        guard let base, !first.contains(descriptor) else { throw error }
        return try base.contents(of: descriptor, in: repository, limit: limit)
    }
}
