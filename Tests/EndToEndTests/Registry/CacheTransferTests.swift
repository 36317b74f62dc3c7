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
        let arch = try Executable.run(
            [
                "cache", "push", "--cache", workshop.cache, "--with-arch-tags", "--override", "--remote-name",
                "\(second.name)/by/arch:1", name,
            ], in: workshop.path)
        #expect(arch.status == 0, "\(arch.errorText)")
        let tags = try Tool.run(
            "skopeo", ["list-tags", "--tls-verify=false", "docker://\(second.name)/by/arch"]
        ).outputText
        for tag in ["1", "1-amd64", "1-arm64"] { #expect(tags.contains("\"\(tag)\""), "\(tags)") }
        let directory = try TemporaryDirectory()
        try Skopeo.copy("docker://\(second.name)/by/us:1", "oci:\(directory.path)/back:name")
        #expect(try directory.list("back/blobs/sha256").contains(String(root.dropFirst("sha256:".count))))
    }

    @Test("Eight processes pull overlapping images into one cache: each blob comes once")
    func together() async throws {
        let registry = try await DockerRegistry()
        let proxy = try await FaultProxy(to: registry.port)
        let images = try OverlappingImages(count: 8, layers: 8)
        try await images.push(to: registry.name)
        let directory = try TemporaryDirectory()
        let names = images.names.map { "\(proxy.name)/\($0)" }
        let running = try (0..<8).map { number in
            try Executable.start(
                ["cache", "pull", "--cache", "\(directory.path)/cache"] + names[number...] + names[..<number],
                in: directory.path)
        }
        for process in running {
            let (status, text) = try await process.finish()
            #expect(status == 0, "\(text)")
        }
        let blobs = proxy.blobs
        #expect(blobs.count == 2 + 9 * 3 + 8, "layers and configurations")
        #expect(blobs.values.allSatisfy { $0.requests == 1 && $0.whole == 1 }, "\(blobs)")
        try CacheJudge.expectWhole("\(directory.path)/cache", names: names)
    }

    @Test("An image pulled by digest has a name: it is listed, and stays when what is unused goes")
    func byDigest() async throws {
        let registry = try await DockerRegistry()
        let workshop = try RegistryWorkshop(registry: registry.name)
        try workshop.push(to: registry)
        func run(_ arguments: String...) throws -> Command.Result {
            try Executable.run(arguments + ["--cache", workshop.cache], in: workshop.path)
        }
        let root = try workshop.source.layout.descriptor(of: try ImageReference("team/base:1")).digest.oci
        let names = ["\(registry.name)/team/base@\(root)", "\(registry.name)/team/base:1@\(root)"]
        for name in names {
            #expect(try run("cache", "pull", name).status == 0)
            #expect(try run("cache", "ls").outputText.contains(name))
            #expect(try run("cache", "clean", "--unused").status == 0)
            try workshop.directory.write("pinned.yml", "init:\n  - \(name)\n")
            let built = try run("build", "--offline", "--arch", "amd64", "-f", "tar", "pinned.yml")
            #expect(built.status == 0, "\(built.errorText)")
            let removed = try run("cache", "rm", name)
            #expect(removed.errorText.contains("removed \(name)"), "\(removed.errorText)")
        }
        #expect(try run("cache", "ls").outputText.isEmpty)
        // A build that pins an image keeps it as well.
        let built = try run("build", "--arch", "amd64", "-f", "tar", "pinned.yml")
        #expect(built.status == 0, "\(built.errorText)")
        #expect(try run("cache", "ls").outputText.contains(names[1]))
    }

    @Test("A push sends what only a mirror has, and a mirror's copy is no reason to remove one")
    func mirrorsDecideNothing() async throws {
        let registry = try await DockerRegistry()
        let mirror = try await DockerRegistry()
        let workshop = try RegistryWorkshop(registry: "")
        try workshop.push(to: mirror)
        let name = "\(registry.name)/team/base:1"
        let option = "--mirror=\(registry.name)=http://\(mirror.name)"
        func run(_ arguments: String...) throws -> Command.Result {
            try Executable.run(arguments + ["--cache", workshop.cache], in: workshop.path)
        }
        let pulled = try run("cache", "pull", option, "--platform", "linux/amd64", name)
        #expect(pulled.status == 0, "\(pulled.errorText)")
        let kept = try run("cache", "clean", "--published-only", option)
        #expect(kept.status == 0 && kept.errorText.contains("keeping"), "\(kept.errorText)")
        // The other platform is neither here nor there.
        let refused = try run("cache", "push", option, name)
        #expect(refused.status != 0 && refused.errorText.contains("arm64"), "\(refused.errorText)")
        #expect(try run("cache", "pull", option, name).status == 0)
        let pushed = try run("cache", "push", option, name)
        #expect(pushed.status == 0, "\(pushed.errorText)")
    }
}
