import Bytes
import Digests
import Host
import NetworkSupport
import OCI
import Registry
import Synchronization
import TestSupport
import Testing

@testable import Signatures

/// Signatures that are in a registry, and afterwards in the cache too.
@Suite(.enabled(if: Tool.available("openssl"))) struct RegistrySignaturesTests {
    let builder: LayoutBuilder
    let root: Descriptor
    let signer: CosignSigner

    init() throws {
        builder = try LayoutBuilder()
        root = try builder.image("\(Samples.repository):1", layers: [[.file("etc/motd", "hello")]])
        signer = try Samples.one.get()
    }

    private func withRegistry(
        _ options: TestRegistry.Options = TestRegistry.Options(),
        _ body: (TestRegistry, RegistryClient, ImageReference) async throws -> Void
    ) async throws {
        let registry = try await TestRegistry(options)
        let retries = RetryPolicy(
            attempts: 2, firstDelay: 0.01, longestDelay: 0.05, longestRetryAfter: 1, stallSeconds: 60,
            connectSeconds: 60)
        let client = try RegistryClient(RegistrySettings(retries: retries))
        let reference = try ImageReference("\(registry.name)/team/app:1")
        do { try await onOwnThreads { try await body(registry, client, reference) } } catch {
            await client.close()
            await registry.close()
            throw error
        }
        await client.close()
        await registry.close()
    }

    private func policy() throws -> ImagePolicy {
        ImagePolicy(requiring: [try signer.key("ours")], option: "--verify-images")
    }

    /// The image is in the registry, so that referrers have a subject.
    private func pushImage(with client: RegistryClient, to reference: ImageReference) async throws {
        for descriptor in try ImageIndex(parsing: builder.layout.document(root), document: "index").manifests
        {
            let bytes = try builder.layout.document(descriptor)
            let manifest = try ImageManifest(parsing: bytes, document: "manifest")
            for blob in [manifest.configuration] + manifest.layers {
                let bytes = try builder.layout.document(blob)
                _ = try await client.upload(
                    blob, contents: ByteArrayAccess(bytes), to: reference, mountableFrom: [])
            }
            _ = try await client.putManifest(
                bytes, mediaType: .imageManifest,
                as: try ImageReference("\(reference.repository)@\(descriptor.digest.oci)"))
        }
        _ = try await client.putManifest(
            try builder.layout.document(root), mediaType: .imageIndex, as: reference)
    }

    @Test(arguments: [(true, true), (false, true), (false, false)])
    func signaturesAreFoundAndKept(_ isTagged: Bool, _ hasReferrers: Bool) async throws {
        var options = TestRegistry.Options()
        options.hasReferrers = hasReferrers
        try await withRegistry(options) { registry, client, reference in
            try await pushImage(with: client, to: reference)
            let artifact =
                isTagged
                ? try signer.tagged(root.digest, in: reference.repository)
                : try signer.referring(to: root, in: reference.repository)
            try await artifact.push(with: client)
            let subject = PolicySubject(reference, digests: [root.digest])
            let cache = LayoutSignatures(builder.layout)
            let online: [any SignatureSource] = [cache, RegistrySignatures(client)]
            let notes = Mutex<[String]>([])
            let decision = try await policy().check(
                subject, in: online, keepingIn: builder.layout,
                onNote: { note in notes.withLock { $0.append(note) } })
            #expect(decision.signers.map(\.key) == ["ours"])
            #expect(notes.withLock { $0 } == [])
            // What was kept is enough, and whole: a build without a network needs nothing else.
            registry.forgetRequests()
            let offline = try await policy().check(subject, in: [LayoutSignatures(builder.layout)])
            #expect(offline == decision)
            let again = try await policy().check(
                subject, in: [LayoutSignatures(builder.layout), RegistrySignatures(client)])
            #expect(again == decision)
            #expect(registry.requests.isEmpty)
            for blob in artifact.blobs { try builder.layout.verify(blob.descriptor) }
        }
    }

    @Test func whatIsNotSignedIsAskedForEverywhere() async throws {
        try await withRegistry { _, client, reference in
            try await pushImage(with: client, to: reference)
            let error = await #expect(throws: SignatureError.self) {
                try await policy().check(
                    PolicySubject(reference, digests: [root.digest]),
                    in: [LayoutSignatures(builder.layout), RegistrySignatures(client)])
            }
            #expect(
                error?.problem == .unsigned(places: ["the cache \(builder.path)", "the registry"]))
        }
    }

    /// A registry that fails is no proof that nothing is signed.
    @Test func aRegistryThatFailsIsTold() async throws {
        try await withRegistry { registry, client, reference in
            await registry.close()
            let error = await #expect(throws: SignatureError.self) {
                try await policy().check(
                    PolicySubject(reference, digests: [root.digest]),
                    in: [LayoutSignatures(builder.layout), RegistrySignatures(client)])
            }
            guard case .lookup(let lookup)? = error?.problem, case .registry = lookup.cause else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    /// Nothing is asked of a registry for images that no rule wants signed.
    @Test func noRegistryIsAskedInVain() async throws {
        try await withRegistry { registry, client, reference in
            let rule = ImagePolicy.Rule(name: "all", images: [.everything], requirement: .accept)
            _ = try await ImagePolicy(name: "p", rules: [rule]).check(
                PolicySubject(reference, digests: [root.digest]), in: [RegistrySignatures(client)])
            #expect(registry.requests.isEmpty)
        }
    }

    /// Debian's registry has no referrers API; cosign's tags and the fallback do.
    @Test(.enabled(if: DockerRegistry.isAvailable), arguments: [true, false])
    func debiansRegistry(_ isTagged: Bool) async throws {
        let registry = try await DockerRegistry()
        let client = try RegistryClient(RegistrySettings())
        let reference = try ImageReference("\(registry.name)/team/app:1")
        try await pushImage(with: client, to: reference)
        let artifact =
            isTagged
            ? try signer.tagged(root.digest, in: reference.repository)
            : try signer.referring(to: root, in: reference.repository)
        try await artifact.push(with: client)
        let decision = try await policy().check(
            PolicySubject(reference, digests: [root.digest]), in: [RegistrySignatures(client)])
        #expect(decision.signers.map(\.key) == ["ours"])
        await client.close()
        withExtendedLifetime(registry) {}
    }
}
