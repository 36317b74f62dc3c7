import Bytes
import Digests
import Host
import NetworkSupport
import OCI
import TestSupport
import Testing

@Suite("What is damaged in the cache is fetched again") struct CacheRepairTests {
    private let registry: TestRegistry
    private let workshop: RegistryWorkshop
    private let name: String

    init() async throws {
        registry = try await TestRegistry()
        workshop = try RegistryWorkshop(registry: registry.name)
        try workshop.push(to: registry)
        name = "\(registry.name)/team/base:1"
    }

    private func cache(_ arguments: String...) throws -> Command.Result {
        try Executable.run(["cache"] + arguments + ["--cache", workshop.cache], in: workshop.path)
    }

    private func image() throws -> Image {
        try ImageLayout(opening: workshop.cache).image(
            try ImageReference(name), platform: Platform(architecture: "amd64"))
    }

    /// Changes a byte, or drops one.
    private func damage(_ digest: SHA256Digest, shortening: Bool = false) throws {
        let path = "cache/blobs/sha256/\(digest.hex)"
        var bytes = try workshop.directory.read(path)
        if shortening { bytes.removeLast() } else { bytes[bytes.count / 2] ^= 1 }
        try workshop.directory.write(path, bytes)
    }

    @Test("by cache pull, each blob and document that is wrong and no other")
    func pulling() throws {
        #expect(try cache("pull", name).status == 0)
        let image = try image()
        let digests = [
            image.layers[0].descriptor.digest, image.manifest.configuration.digest, image.descriptor.digest,
            image.root.digest,
        ]
        for shortening in [false, true] {
            for digest in digests {
                try damage(digest, shortening: shortening)
                #expect(try cache("verify").status == 65)
                registry.forgetRequests()
                let result = try cache("pull", name)
                #expect(result.status == 0, "\(result.errorText)")
                #expect(
                    result.errorText.contains("\(digest.oci) was damaged in the cache; fetched again"),
                    "\(result.errorText)")
                #expect(try cache("verify").status == 0)
                let fetched = registry.requests.filter { $0.method == "GET" && $0.path.contains("sha256:") }
                #expect(fetched.count == 1, "\(fetched.map(\.path))")
            }
        }
    }

    @Test("by a build, which stays with its image though the tag has moved", arguments: [false, true])
    func building(shortening: Bool) throws {
        try workshop.expectBuild()
        let image = try image()
        let tool = try workshop.source.layout.descriptor(of: try ImageReference("team/tool:1")).digest
        registry.withContents { $0.repositories["team/base"]?.tags["1"] = tool }
        for digest in [
            image.layers[0].descriptor.digest, image.layers[1].descriptor.digest,
            image.manifest.configuration.digest, image.descriptor.digest, image.root.digest,
        ] {
            try damage(digest, shortening: shortening)
            try workshop.expectFailure(
                ["--offline"], status: 65, saying: [name, digest.oci, "is damaged", "cache pull"])
            let text = try workshop.expectBuild()
            #expect(text.contains("\(digest.oci) was damaged in the cache; fetched again"), "\(text)")
            #expect(text.contains(name), "\(text)")
        }
    }

    @Test("A build that cannot fetch it says what is damaged, and why it could not")
    func unreachable() async throws {
        try workshop.expectBuild()
        let layer = try image().layers[0].descriptor.digest
        try damage(layer)
        registry.withContents { _ = $0.repositories["team/base"]?.blobs.remove(layer) }
        try workshop.expectFailure(
            status: 65, saying: [name, layer.oci, "is damaged", "could not be fetched again"])
    }
}

@Suite("Images that are nowhere whole are pulled and pushed as far as they go") struct PartialTransferTests {
    private let registry: TestRegistry
    private let directory: TemporaryDirectory
    private let source: LayoutBuilder
    private let linux: Descriptor

    init() async throws {
        registry = try await TestRegistry()
        directory = try TemporaryDirectory()
        source = try LayoutBuilder()
        linux = try source.manifest([try source.layer(TestTar.archive([.file("a")]))])
    }

    private func cache(_ cache: String, _ arguments: String...) throws -> Command.Result {
        try Executable.run(["cache"] + arguments + ["--cache", cache], in: directory.path)
    }

    /// Puts the image `team/w:1` into the registry, as far as `source` has it.
    private func publish(_ manifests: [Descriptor]) throws {
        let root = try source.index("team/w:1", manifests)
        try registry.withContents { contents in
            for descriptor in manifests + [root] {
                guard let bytes = try? source.layout.document(descriptor) else { continue }
                let tag = descriptor == root ? "1" : nil
                contents.addManifest(bytes, descriptor.mediaType.rawValue, to: "team/w", tag: tag)
                guard descriptor != root else { continue }
                let manifest = try ImageManifest(parsing: bytes, document: "manifest")
                for blob in [manifest.configuration] + manifest.layers {
                    guard let bytes = try? source.layout.verified(blob, limit: 1 << 20) else { continue }
                    contents.addBlob(bytes, to: "team/w")
                }
            }
        }
    }

    @Test("A layer that is not for distribution is left out, of a pull and of a push")
    func foreign() throws {
        try publish([try source.windowsManifest(), linux])
        let name = "\(registry.name)/team/w:1"
        let pulled = try cache("here", "pull", name)
        #expect(pulled.status == 0, "\(pulled.errorText)")
        #expect(pulled.errorText.contains("\(LayoutBuilder.absentLayer) is not for distribution"))
        #expect(try cache("here", "verify").status == 0)
        let pushed = try cache("here", "push", "--remote-name", "\(registry.name)/other/w:1", name)
        #expect(pushed.status == 0, "\(pushed.errorText)")
        let again = try cache("there", "pull", "\(registry.name)/other/w:1")
        #expect(again.status == 0, "\(again.errorText)")
    }

    @Test("A platform that the registry does not have is left out, unless it is the one wanted")
    func sparse() throws {
        let arm = try source.manifest([], platform: Platform(architecture: "arm64"))
        let root = try source.layout.addIndex(ImageIndex(manifests: [arm]))
        try Tool.run("rm", [source.layout.blobPath(arm.digest), source.layout.blobPath(root.digest)])
        try publish([arm, linux])
        let name = "\(registry.name)/team/w:1"
        let pulled = try cache("here", "pull", name)
        #expect(pulled.status == 0, "\(pulled.errorText)")
        #expect(pulled.errorText.contains("does not have linux/arm64"), "\(pulled.errorText)")
        let failed = try cache("there", "pull", "--platform", "linux/arm64", name)
        #expect(failed.status == 66, "\(failed.errorText)")
        #expect(failed.errorText.contains(arm.digest.oci), "\(failed.errorText)")
    }

    @Test("A push of what is not complete names everything that is missing and sends nothing")
    func incomplete() throws {
        let layers = try ["b", "c"].map { try source.layer(TestTar.archive([.file(ByteString($0))])) }
        let riscv = try source.manifest(layers, platform: Platform(architecture: "riscv64"))
        let arm = try source.manifest([], platform: Platform(architecture: "arm64"))
        try source.index("team/whole:1", [linux])
        try source.index("team/part:1", [linux, riscv, arm])
        for digest in layers.map(\.descriptor.digest) + [arm.digest] {
            try Tool.run("rm", [source.layout.blobPath(digest)])
        }
        for names in [["team/part:1"], ["team/whole:1", "team/part:1"]] {
            var arguments = ["cache", "push", "--cache", source.path]
            if names.count == 1 { arguments += ["--remote-name", "\(registry.name)/far/away:1"] }
            for name in names.count == 1 ? names : [] { arguments.append(name) }
            if names.count > 1 {
                // Under names of the registry's: both are planned before the first is sent.
                let layout = source.layout
                for name in names {
                    let root = try layout.descriptor(of: try ImageReference(name))
                    try layout.tag(try ImageReference("\(registry.name)/\(name)"), root)
                    arguments.append("\(registry.name)/\(name)")
                }
            }
            registry.forgetRequests()
            let result = try Executable.run(arguments, in: directory.path)
            #expect(result.status == 66, "\(result.errorText)")
            let local = names.count == 1 ? "docker.io/team/part:1" : "\(registry.name)/team/part:1"
            for part in [
                local, "linux/arm64", arm.digest.oci, "linux/riscv64", layers[0].descriptor.digest.oci,
                layers[1].descriptor.digest.oci, "nothing was pushed",
            ] { #expect(result.errorText.contains(part), "\(part): \(result.errorText)") }
            #expect(registry.requests.allSatisfy { $0.method == "HEAD" || $0.method == "GET" })
        }
    }

    @Test("Damage is found before anything is sent")
    func damaged() throws {
        let layer = try source.layer(TestTar.archive([.file("z")]))
        try source.index("team/bad:1", [linux, try source.manifest([layer])])
        let path = "layout/blobs/sha256/\(layer.descriptor.digest.hex)"
        var bytes = try source.directory.read(path)
        bytes[bytes.count / 2] ^= 1
        try source.directory.write(path, bytes)
        let result = try cache(
            source.path, "push", "--remote-name", "\(registry.name)/team/bad:1", "team/bad:1")
        #expect(result.status == 65, "\(result.errorText)")
        #expect(result.errorText.contains("docker.io/team/bad:1"), "\(result.errorText)")
        #expect(result.errorText.contains(layer.descriptor.digest.oci))
        #expect(registry.requests.allSatisfy { $0.method == "HEAD" || $0.method == "GET" })
    }
}
