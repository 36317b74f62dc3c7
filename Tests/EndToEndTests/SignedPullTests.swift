import Bytes
import Digests
import Host
import NetworkSupport
import OCI
import Registry
import TestSupport
import Testing

/// Signed images from a registry, with an empty cache.
@Suite("Nothing of an unsigned image is fetched", .enabled(if: Tool.available("openssl")))
struct SignedPullTests {
    private let builder: LayoutBuilder
    private let root: Descriptor
    private let signer: CosignSigner
    private let directory: TemporaryDirectory

    init() throws {
        builder = try LayoutBuilder()
        root = try builder.image(
            "example.com/team/app:1", layers: [[.file("bin/sh", "a shell\n", mode: 0o755)]])
        signer = try CosignSigner()
        directory = try TemporaryDirectory()
    }

    private func withRegistry(
        _ hasReferrers: Bool, _ body: (TestRegistry, RegistryClient, String) async throws -> Void
    ) async throws {
        var options = TestRegistry.Options()
        options.hasReferrers = hasReferrers
        let registry = try await TestRegistry(options)
        let client = try RegistryClient(RegistrySettings())
        do {
            let repository = "\(registry.name)/team/app"
            try await push(client, to: repository)
            try directory.write("kit.yml", "init:\n  - \(repository):1\n")
            try await body(registry, client, repository)
        } catch {
            await client.close()
            await registry.close()
            throw error
        }
        await client.close()
        await registry.close()
    }

    private func push(_ client: RegistryClient, to repository: String) async throws {
        let target = try ImageReference("\(repository):1")
        for descriptor in try ImageIndex(parsing: builder.layout.document(root), document: "index").manifests
        {
            let bytes = try builder.layout.document(descriptor)
            let manifest = try ImageManifest(parsing: bytes, document: "manifest")
            for blob in [manifest.configuration] + manifest.layers {
                _ = try await client.upload(
                    blob, contents: ByteArrayAccess(try builder.layout.document(blob)), to: target,
                    mountableFrom: [])
            }
            _ = try await client.putManifest(
                bytes, mediaType: .imageManifest,
                as: try ImageReference("\(repository)@\(descriptor.digest.oci)"))
        }
        _ = try await client.putManifest(
            try builder.layout.document(root), mediaType: .imageIndex, as: target)
    }

    private func run(_ arguments: [String]) throws -> Command.Result {
        try Executable.run(arguments + ["--cache", "\(directory.path)/cache"], in: directory.path)
    }

    private func build(_ more: [String] = []) throws -> Command.Result {
        try run(
            [
                "build", "-f", "tar", "-o", "out.tar", "--arch", "amd64", "--verify-images",
                signer.publicKeyPath,
            ]
                + more + ["kit.yml"])
    }

    private func layerRequests(_ registry: TestRegistry) throws -> Int {
        let manifest = try builder.layout.image(
            try ImageReference("example.com/team/app:1"), platform: Platform(architecture: "amd64")
        ).manifest
        let digests = ([manifest.configuration] + manifest.layers).map(\.digest.oci)
        return registry.requests.count { request in
            request.method == "GET" && digests.contains { request.path.hasSuffix($0) }
        }
    }

    @Test(arguments: [(true, true), (true, false), (false, true), (false, false)])
    func buildPullsWhatIsSigned(_ isTagged: Bool, _ hasReferrers: Bool) async throws {
        try await withRegistry(hasReferrers) { registry, client, repository in
            registry.forgetRequests()
            let refused = try build()
            #expect(refused.status == 77, "\(refused.errorText)")
            #expect(refused.errorText.contains("not signed"))
            #expect(try layerRequests(registry) == 0)
            let cache = try ImageLayout(reading: "\(directory.path)/cache")
            #expect(try cache.images().isEmpty)

            let artifact =
                isTagged
                ? try signer.tagged(root.digest, in: repository)
                : try signer.referring(to: root, in: repository)
            try await artifact.push(with: client)
            let built = try build()
            #expect(built.status == 0, "\(built.errorText)")
            // All that it takes is in the cache now.
            registry.forgetRequests()
            let offline = try build(["--offline"])
            #expect(offline.status == 0, "\(offline.errorText)")
            #expect(try build().status == 0)
            #expect(registry.requests.isEmpty)
        }
        withExtendedLifetime(directory) {}
    }

    @Test func cachePullObeys() async throws {
        try await withRegistry(false) { registry, client, repository in
            let command = ["cache", "pull", "--verify-images", signer.publicKeyPath, "\(repository):1"]
            registry.forgetRequests()
            let refused = try run(command)
            #expect(refused.status == 77, "\(refused.errorText)")
            #expect(try layerRequests(registry) == 0)
            try await signer.tagged(root.digest, in: repository).push(with: client)
            let pulled = try run(command)
            #expect(pulled.status == 0, "\(pulled.errorText)")
            #expect(try build(["--offline"]).status == 0)
        }
    }

    /// A registry that does not say whether an image is signed is told as what it is.
    @Test func aRegistryThatFailsIsNoProof() async throws {
        try await withRegistry(true) { registry, _, repository in
            #expect(try run(["cache", "pull", "\(repository):1"]).status == 0)
            await registry.close()
            let result = try build()
            #expect(result.status == 69, "\(result.errorText)")
            #expect(result.errorText.contains("could not be read"))
            #expect(try build(["--offline"]).status == 77)
        }
    }
}
