import Bytes
import Digests
import Host
import JSON
import NetworkSupport
import OCI
import Registry
import TestSupport
import Testing

/// Whole images between layouts and Debian's registry.
@Suite(.enabled(if: DockerRegistry.isAvailable && Skopeo.isAvailable))
struct ImagePullerTests {
    private static let amd64 = Platform(architecture: "amd64")
    private static let arm64 = Platform(architecture: "arm64")

    /// Runs `body` with a registry, a client for it and an empty layout.
    private func withRegistry(
        _ body: (DockerRegistry, RegistryClient, ImageLayout) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let registry = try await DockerRegistry()
        let client = try RegistryClient(RegistrySettings())
        do {
            try await body(registry, client, try ImageLayout(creating: "\(directory.path)/cache"))
        } catch {
            await client.close()
            throw error
        }
        await client.close()
        try await registry.stop()
        withExtendedLifetime(directory) {}
    }

    /// An index for two platforms, with a bill of materials attached to the first.
    private func twoPlatforms(_ name: String) throws -> LayoutBuilder {
        let builder = try LayoutBuilder()
        let shared = try builder.layer(TestTar.archive([.file("shared", "both have it\n")]))
        let first = try builder.manifest(
            [shared, try builder.layer(TestTar.archive([.file("first", "amd64\n")]))], platform: Self.amd64)
        let second = try builder.manifest(
            [shared, try builder.layer(TestTar.archive([.file("second", "arm64\n")]))], platform: Self.arm64)
        let attestation = try builder.attestation(["spdxVersion": "SPDX-2.3"], of: first)
        try builder.index(name, [first, second, attestation])
        return builder
    }

    private func request(_ text: String, _ platforms: [Platform]) throws -> ImagePuller.Request {
        ImagePuller.Request(try ImageReference(text), platforms: platforms)
    }

    @Test("Only the platform wanted comes, whole; the other follows without what is there")
    func onePlatformAfterTheOther() async throws {
        try await withRegistry { registry, client, layout in
            let source = try twoPlatforms("sample/two:1")
            let name = "\(registry.name)/sample/two:1"
            try Skopeo.push(layout: source.path, "docker.io/sample/two:1", to: name)
            let puller = ImagePuller(client: client, layout: layout)
            let reference = try ImageReference(name)

            let first = try await puller.pull([request(name, [Self.amd64])])
            #expect(try layout.isComplete(reference, platform: Self.amd64))
            #expect(try !layout.isComplete(reference, platform: Self.arm64))
            #expect(
                first.images[0].root
                    == (try source.layout.descriptor(of: ImageReference("sample/two:1"))).plain)
            // Configuration and two layers, the attestation's two.
            #expect(first.progress.fetchedBlobs == 5)
            let image = try layout.image(reference, platform: Self.amd64)
            #expect(try layout.spdxStatements(of: image).count == 1)
            for layer in image.layers { try layout.verify(layer.descriptor) }

            let again = try await puller.pull([request(name, [Self.amd64])])
            #expect(again.progress.fetchedBlobs == 0)
            let second = try await puller.pull([request(name, [Self.arm64])])
            #expect(second.progress.fetchedBlobs == 2)
            #expect(try layout.isComplete(reference, platforms: []))
        }
    }

    @Test("A platform that an image is not for is told before its layers come")
    func noPlatform() async throws {
        try await withRegistry { registry, client, layout in
            let source = try LayoutBuilder()
            let manifest = try source.manifest([
                try source.layer(TestTar.archive([.file("a", "a\n")]))
            ])
            try source.layout.tag(try ImageReference("sample/one:1"), manifest)
            let name = "\(registry.name)/sample/one:1"
            try Skopeo.push(layout: source.path, "docker.io/sample/one:1", to: name)
            let puller = ImagePuller(client: client, layout: layout)
            let error = await #expect(throws: ImageError.self) {
                try await puller.pull([request(name, [Self.arm64])])
            }
            guard case .noPlatform(let wanted, let available) = error?.problem else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(wanted == Self.arm64 && available == [Self.amd64])
            #expect(try layout.images().isEmpty)
        }
    }

    @Test("What is refused is not fetched")
    func refused() async throws {
        struct Refusal: Error {}
        try await withRegistry { registry, client, layout in
            let source = try twoPlatforms("sample/two:1")
            let name = "\(registry.name)/sample/two:1"
            try Skopeo.push(layout: source.path, "docker.io/sample/two:1", to: name)
            var puller = ImagePuller(client: client, layout: layout)
            puller.options.approve = { _ in throw Refusal() }
            let refusing = puller
            await #expect(throws: Refusal.self) {
                try await refusing.pull([request(name, [Self.amd64])])
            }
            #expect(try layout.images().isEmpty)
            #expect(try Directory.names("\(layout.path)/blobs/sha256").isEmpty)
        }
    }

    @Test("Many images that share layers: each blob comes once")
    func overlapping() async throws {
        try await withRegistry { registry, client, layout in
            let images = try OverlappingImages(count: 6, layers: 8)
            let names = try await images.push(to: registry.name)
            let result = try await ImagePuller(client: client, layout: layout).pull(
                try names.map { try request($0, [Self.amd64]) })
            #expect(result.images.map(\.reference) == (try names.map { try ImageReference($0) }))
            let blobs = Set(result.images.flatMap(\.blobs).map(\.digest))
            #expect(result.progress.fetchedBlobs == blobs.count)
            for name in names {
                #expect(try layout.isComplete(try ImageReference(name), platform: Self.amd64))
            }
        }
    }

    @Test("A pushed image is what skopeo finds, and a second push sends nothing")
    func push() async throws {
        try await withRegistry { registry, client, layout in
            let source = try twoPlatforms("sample/two:1")
            let name = "\(registry.name)/elsewhere/two:2"
            let pusher = ImagePusher(client: client, layout: source.layout)
            let pushed = try await pusher.push(
                try ImageReference("sample/two:1"), as: try ImageReference(name))
            try Skopeo.copy("docker://\(name)", "oci:\(layout.path):copy")
            let copied = try #require(try layout.images().first { $0.name == "docker.io/library/copy" })
            #expect(copied.descriptor.digest == pushed.digest)
            #expect(copied.descriptor.digest == (try source.layout.images())[0].descriptor.digest)
        }
    }

    @Test("Indexes in indexes without end are not followed without end")
    func nestedWithoutEnd() async throws {
        let registry = try await TestRegistry()
        let source = try LayoutBuilder()
        var inner = try source.manifest([])
        for _ in 0..<1100 { inner = try source.layout.addIndex(ImageIndex(manifests: [inner])) }
        try source.layout.tag(try ImageReference("deep:1"), inner)
        try registry.withContents { _ = try $0.add("deep:1", of: source.layout, to: "deep", tag: "1") }
        let directory = try TemporaryDirectory()
        let layout = try ImageLayout(creating: "\(directory.path)/cache")
        try await withClient { (client) async throws in
            let error = await #expect(throws: ImageError.self) {
                try await ImagePuller(client: client, layout: layout).pull([
                    request("\(registry.name)/deep:1", [])
                ])
            }
            #expect(error?.description.contains("deep:1") == true, "\(String(describing: error))")
            #expect(error?.description.contains("too many") == true, "\(String(describing: error))")
        }
        #expect(registry.requests.count <= 1010)
        await registry.close()
    }

    @Test("A blob that another process holds and gets nothing of is given up in the end, with its file")
    func heldForEver() async throws {
        let registry = try await TestRegistry()
        let source = try LayoutBuilder()
        let layer = try source.layer(TestTar.archive([.file("a", "a\n")]))
        try source.index("held:1", [try source.manifest([layer])])
        try registry.withContents { _ = try $0.add("held:1", of: source.layout, to: "held", tag: "1") }
        let directory = try TemporaryDirectory()
        let layout = try ImageLayout(creating: "\(directory.path)/cache")
        guard case .claimed(let part) = try layout.claim(layer.descriptor) else {
            Issue.record("nobody else has it")
            return
        }
        let retries = RetryPolicy(
            attempts: 1, firstDelay: 0.01, longestDelay: 0.01, longestRetryAfter: 0.01, stallSeconds: 5,
            connectSeconds: 5)
        try await withClient(RegistrySettings(retries: retries)) { (client) async throws in
            let error = await #expect(throws: RegistryError.self) {
                try await ImagePuller(client: client, layout: layout).pull([
                    request("\(registry.name)/held:1", [Self.amd64])
                ])
            }
            #expect(
                error?.description.contains(layout.partPath(of: layer.descriptor)) == true,
                "\(String(describing: error))")
        }
        withExtendedLifetime(part) {}
        await registry.close()
    }

    @Test("A missing image, and a missing registry, are told by name")
    func missing() async throws {
        try await withRegistry { registry, client, layout in
            let puller = ImagePuller(client: client, layout: layout)
            let name = "\(registry.name)/no/such:1"
            let error = await #expect(throws: RegistryError.self) {
                try await puller.pull([request(name, [Self.amd64])])
            }
            #expect(error?.description.contains(name) == true, "\(String(describing: error))")
        }
    }
}

extension Descriptor {
    fileprivate var plain: Descriptor { Descriptor(mediaType: mediaType, digest: digest, size: size) }
}
