import Bytes
import Digests
import Host
import NetworkSupport
import OCI
import Synchronization
import TestSupport
import Testing

@Suite(
    "A build pulls what its cache lacks",
    .enabled(if: DockerRegistry.isAvailable && Skopeo.isAvailable, "needs docker-registry, skopeo, openssl"))
struct PullingBuildTests {
    @Test("With and without TLS and a login", arguments: [false, true], [false, true])
    func registries(isSecure: Bool, hasLogin: Bool) async throws {
        var options = DockerRegistry.Options()
        options.isSecure = isSecure
        if hasLogin { options.login = RegistryWorkshop.login }
        let registry = try await DockerRegistry(options)
        let workshop = try RegistryWorkshop(registry: registry.name)
        try workshop.push(to: registry, login: hasLogin ? RegistryWorkshop.login : nil)
        let reference = "\(registry.name)/team/"
        var arguments: [String] = []
        if let certificate = registry.certificate {
            try workshop.expectFailure(status: 69, saying: [reference, "not trusted", "--cert-file"])
            arguments = ["--cert-file", certificate.authorityFile]
        }
        if hasLogin {
            try workshop.expectFailure(
                arguments, status: 69, saying: [reference, "401", "log in", registry.name])
            try workshop.logIn(to: registry.name)
        }
        try workshop.expectBuild(arguments)
        try await registry.stop()
        try workshop.expectBuild(["--offline"])
        try workshop.expectBuild()
    }

    @Test("Only what the platform needs, each blob once, and nothing the second time")
    func economy() async throws {
        let registry = try await DockerRegistry()
        let proxy = try await FaultProxy(to: registry.port)
        let workshop = try RegistryWorkshop(registry: proxy.name)
        try workshop.push(to: registry)
        try workshop.expectBuild()
        var needed: Set<String> = []
        for name in RegistryWorkshop.images {
            let image = try workshop.source.layout.image(
                try ImageReference(name), platform: Platform(architecture: "amd64"))
            needed.insert(image.manifest.configuration.digest.oci)
            needed.formUnion(image.layers.map(\.descriptor.digest.oci))
        }
        #expect(Set(proxy.blobs.keys) == needed)
        #expect(proxy.blobs.values.allSatisfy { $0.requests == 1 && $0.whole == 1 })
        proxy.forgetRequests()
        try workshop.expectBuild()
        #expect(proxy.requests.isEmpty)
        try workshop.expectBuild(["--pull"])
        #expect(proxy.requests.count == RegistryWorkshop.images.count && proxy.blobs.isEmpty)
    }

    @Test("--offline asks nobody and says what is missing")
    func offline() async throws {
        let registry = try await DockerRegistry()
        let proxy = try await FaultProxy(to: registry.port)
        let workshop = try RegistryWorkshop(registry: proxy.name)
        try workshop.push(to: registry)
        try workshop.expectFailure(["--offline"], status: 66, saying: ["\(proxy.name)/team/base:1"])
        #expect(proxy.requests.isEmpty)
    }

    @Test("All images that are not there are told at once, and none is fetched for nothing")
    func severalMissing() async throws {
        let registry = try await DockerRegistry()
        let workshop = try RegistryWorkshop(registry: registry.name)
        try workshop.push(to: registry)
        let names = ["team/none:1", "team/base:1", "team/base:none"].map { "\(registry.name)/\($0)" }
        try workshop.directory.write(
            "kit.yml", "init:\n" + names.map { "  - \($0)\n" }.joined())
        try workshop.expectFailure(
            status: 66, saying: [names[0], names[2], "none of these images were found"])
    }

    @Test("An image that another process removes from the cache while others are pulled is pulled again")
    func removedMeanwhile() async throws {
        let registry = try await DockerRegistry()
        let caller = Mutex<(@Sendable () -> Void)?>(nil)
        let proxy = try await FaultProxy(to: registry.port) { request in
            guard request.blob != nil, let call = caller.withLock({ $0.take() }) else { return }
            call()
        }
        let workshop = try RegistryWorkshop(registry: proxy.name)
        try workshop.push(to: registry)
        let name = "\(proxy.name)/team/base:1"
        @Sendable func cache(_ command: String) throws -> Command.Result {
            try Executable.run(["cache", command, "--cache", workshop.cache, name], in: workshop.path)
        }
        #expect(try cache("pull").status == 0)
        let removal = Mutex("")
        caller.withLock { $0 = { removal.withLock { $0 = (try? cache("rm").errorText) ?? "" } } }
        try workshop.expectBuild()
        #expect(removal.withLock { $0 }.contains("removed \(name)"))
    }

    @Test("A process that holds a blob and gets nothing is waited for, and told", .timeLimit(.minutes(5)))
    func heldByAnother() async throws {
        let registry = try await DockerRegistry()
        let workshop = try RegistryWorkshop(registry: registry.name)
        try workshop.push(to: registry)
        let image = try workshop.source.layout.image(
            try ImageReference("team/tool:1"), platform: Platform(architecture: "amd64"))
        let layer = try #require(image.layers.last?.descriptor)
        let name = "\(registry.name)/team/tool:1"
        let process: Executable.Running
        do {
            guard case .claimed(let part) = try ImageLayout(creating: workshop.cache).claim(layer) else {
                Issue.record("somebody else has it")
                return
            }
            process = try Executable.start(
                ["cache", "pull", "--cache", workshop.cache, name], in: workshop.path)
            // It says so after five seconds.
            while process.isRunning, !process.errorTextSoFar.contains("waiting for another process") {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(process.isRunning)
            withExtendedLifetime(part) {}
        }
        let (status, text) = try await process.finish()
        #expect(status == 0, "\(text)")
        #expect(text.contains("waiting for another process"), "\(text)")
        #expect(text.contains(layer.digest.oci), "\(text)")
    }

    @Test("A tag that moves is seen with --pull and not before")
    func moved() async throws {
        let registry = try await DockerRegistry()
        let old = try RegistryWorkshop(registry: registry.name)
        try old.push(to: registry)
        try old.expectBuild()
        try old.source.image("team/tool:1", layers: [[.file("bin/tool", "another\n", mode: 0o755)]])
        try old.push(to: registry)
        try old.expectBuild()
        let new = try old.build(["--pull"])
        #expect(new.status == 0, "\(new.errorText)")
        let before = try old.expected()
        #expect(new.output != before)
    }

    @Test("Mirrors by option and environment; one that is down is skipped")
    func mirrors() async throws {
        let registry = try await DockerRegistry()
        let workshop = try RegistryWorkshop(registry: "")
        try workshop.push(to: registry)
        try workshop.expectBuild(["--mirror", "docker.io=\(registry.url)"])
        try workshop.expectBuild(
            ["--pull"], environment: ["LINUXKIT_MIRROR": "docker.io=\(registry.url)"])
        let dead = try DeadPort.next()
        let direct = try RegistryWorkshop(registry: registry.name)
        try direct.expectBuild(["--mirror", "\(registry.name)=http://127.0.0.1:\(dead)"])
    }

    @Test("A registry that caches another")
    func pullThrough() async throws {
        let registry = try await DockerRegistry()
        var options = DockerRegistry.Options()
        options.proxyOf = registry.url
        let front = try await DockerRegistry(options)
        let workshop = try RegistryWorkshop(registry: front.name)
        try workshop.push(to: registry)
        try workshop.expectBuild()
    }

    @Test(
        "A read-only cache that has all of it",
        .enabled(if: SmallDisk(bytes: 1 << 16) != nil, "needs to mount"))
    func readOnly() async throws {
        let registry = try await DockerRegistry()
        let workshop = try RegistryWorkshop(registry: registry.name)
        try workshop.push(to: registry)
        let disk = try #require(SmallDisk(bytes: 16 << 20))
        let cache = "\(disk.path)/cache"
        try workshop.expectBuild(cache: cache)
        try Directory.remove("\(cache)/derived")
        try Tool.run("mount", ["-o", "remount,ro", disk.path])
        try workshop.expectBuild(cache: cache)
        try workshop.expectBuild(["--pull"], cache: cache)
        try await registry.stop()
        try workshop.expectBuild(cache: cache)
        withExtendedLifetime(disk) {}
    }

    @Test(
        "A read-only cache that lacks an image is told as that",
        .enabled(if: SmallDisk(bytes: 1 << 16) != nil, "needs to mount"))
    func readOnlyAndLacking() async throws {
        let registry = try await DockerRegistry()
        let workshop = try RegistryWorkshop(registry: registry.name)
        try workshop.push(to: registry)
        let disk = try #require(SmallDisk(bytes: 16 << 20))
        let cache = "\(disk.path)/cache"
        _ = try ImageLayout(creating: cache)
        try Tool.run("mount", ["-o", "remount,ro", disk.path])
        try workshop.expectFailure(
            status: 73, saying: ["the cache \(cache) does not have all images and cannot", "--cache"],
            cache: cache)
        withExtendedLifetime(disk) {}
    }

    @Test("A full disk is told, and the next pull goes on", .enabled(if: SmallDisk(bytes: 1 << 16) != nil))
    func fullDisk() async throws {
        let registry = try await DockerRegistry()
        let proxy = try await FaultProxy(to: registry.port)
        let workshop = try RegistryWorkshop(registry: proxy.name)
        try workshop.push(to: registry)
        let disk = try #require(SmallDisk(bytes: 300_000))
        let cache = "\(disk.path)/cache"
        try workshop.expectFailure(status: 74, saying: ["No space left on device", cache], cache: cache)
        try Tool.run("mount", ["-o", "remount,size=16m", disk.path])
        try workshop.expectBuild(cache: cache)
        withExtendedLifetime(disk) {}
    }
}
