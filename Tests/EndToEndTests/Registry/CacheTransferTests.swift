import Digests
import Host
import NetworkSupport
import OCI
import TestSupport
import Testing

@Suite(
    "Images go through the cache from registry to registry; skopeo sees the same",
    .enabled(if: DockerRegistry.isAvailable && Skopeo.isAvailable, "needs docker-registry and skopeo"))
struct CacheTransferTests {
    @Test("cache pull and skopeo from the cache, cache push and skopeo from the registry")
    func bothWays() async throws {
        let first = try await DockerRegistry()
        let second = try await DockerRegistry()
        let workshop = try RegistryWorkshop(registry: first.name)
        try workshop.push(to: first)
        let name = "\(first.name)/team/base:1"
        let root = try workshop.source.layout.descriptor(of: try ImageReference("team/base:1")).digest.oci
        let pulled = try Executable.run(
            ["cache", "pull", "--cache", workshop.cache, name], in: workshop.path)
        #expect(pulled.status == 0, "\(pulled.errorText)")
        #expect(pulled.outputText.contains(root))
        try Skopeo.copy("oci:\(workshop.cache):\(name)", "docker://\(second.name)/by/skopeo:1")
        let pushed = try Executable.run(
            ["cache", "push", "--cache", workshop.cache, "--remote-name", "\(second.name)/by/us:1", name],
            in: workshop.path)
        #expect(pushed.status == 0, "\(pushed.errorText)")
        for copy in ["by/skopeo:1", "by/us:1"] {
            let digest = try Tool.run(
                "skopeo",
                [
                    "inspect", "--tls-verify=false", "--format", "{{.Digest}}",
                    "docker://\(second.name)/\(copy)",
                ])
            #expect(digest.outputText.contains(root), "\(copy): \(digest.outputText)")
        }
        let folder = try TemporaryFolder()
        try Skopeo.copy("docker://\(second.name)/by/us:1", "oci:\(folder.path)/back:name")
        #expect(try folder.list("back/blobs/sha256").contains(String(root.dropFirst("sha256:".count))))
    }

    @Test("Eight processes pull overlapping images into one cache: each blob comes once")
    func together() async throws {
        let registry = try await DockerRegistry()
        let proxy = try await FaultProxy(to: registry.port)
        let images = try OverlappingImages(count: 8, layers: 8)
        try await images.push(to: registry.name)
        let folder = try TemporaryFolder()
        let names = images.names.map { "\(proxy.name)/\($0)" }
        let running = try (0..<8).map { number in
            try Executable.start(
                ["cache", "pull", "--cache", "\(folder.path)/cache"] + names[number...] + names[..<number],
                in: folder.path)
        }
        for process in running {
            let (status, text) = try await process.finish()
            #expect(status == 0, "\(text)")
        }
        let blobs = proxy.blobs
        #expect(blobs.count == 2 + 9 * 3 + 8, "layers and configurations")
        #expect(blobs.values.allSatisfy { $0.requests == 1 && $0.whole == 1 }, "\(blobs)")
        try CacheJudge.expectWhole("\(folder.path)/cache", names: names)
    }
}
