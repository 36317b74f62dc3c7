import Bytes
import Digests
import Host
import JSON
import NetworkSupport
import OCI
import Registry
import Synchronization
import TestSupport
import Testing

@Suite struct DockerDaemonTests {
    static let amd64 = Platform(architecture: "amd64")

    private static func daemon(at socket: String) throws -> DockerDaemon {
        try DockerDaemon { $0 == "DOCKER_HOST" ? "unix://\(socket)" : nil }
    }

    private static func file(_ name: String, _ contents: [UInt8]) -> TestMember {
        var member = TestMember.file(ByteString(name))
        member.contents = contents
        return member
    }

    /// An image with a file of `size` bytes in it, and the tar that is its layer.
    private static func image(size: Int = 3_000_000) throws -> (archive: [UInt8], id: String, layer: [UInt8])
    {
        let contents = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            for index in 0..<size { buffer[index] = UInt8(truncatingIfNeeded: index &* 31 &+ index >> 8) }
            count = size
        }
        let layer = TestTar.archive([file("data", contents)])
        let configuration: JSONValue = [
            "architecture": "amd64", "os": "linux", "config": ["Cmd": ["/data"]],
            "rootfs": ["type": "layers", "diff_ids": [.text(SHA256Digest(hashing: layer).oci)]],
        ]
        let bytes = configuration.encoded(.compact)
        let digest = SHA256Digest(hashing: bytes)
        let manifest: JSONValue = [
            [
                "Config": .text("\(digest.hex).json"), "RepoTags": ["example.com/other/name:old"],
                "Layers": ["layer.tar"],
            ]
        ]
        let archive = TestTar.archive([
            file("layer.tar", layer), file("\(digest.hex).json", bytes),
            file("manifest.json", manifest.encoded(.compact)),
        ])
        return (archive, digest.oci, layer)
    }

    @Test(arguments: [true, false]) func bringsAnImage(overSocket: Bool) async throws {
        let directory = try TemporaryDirectory()
        let socket = "\(directory.path)/a daemon's.sock"
        let fake = try await FakeDaemon(socket: overSocket ? socket : nil)
        let (archive, id, layer) = try Self.image()
        fake.add(.init(id: id, archive: archive), as: "docker.io/team/app:v1")
        let layout = try ImageLayout(creating: "\(directory.path)/cache")
        let address = overSocket ? "unix://\(socket)" : "tcp://127.0.0.1:\(fake.port)"
        let daemon = try DockerDaemon { $0 == "DOCKER_HOST" ? address : nil }
        let reference = try ImageReference("team/app:v1")

        #expect(try await daemon.fetch(reference, platform: Self.amd64, into: layout))
        let image = try layout.image(reference, platform: Self.amd64)
        #expect(image.manifest.configuration.digest.oci == id)
        #expect(image.layers.map(\.diffID) == [SHA256Digest(hashing: layer)])
        #expect(try layout.images().map(\.name) == ["docker.io/team/app:v1"])
        // The same again is not brought again.
        #expect(try await daemon.fetch(reference, platform: Self.amd64, into: layout))
        #expect(
            fake.requests == [
                "/images/docker.io/team/app:v1/json", "/images/docker.io/team/app:v1/get",
                "/images/docker.io/team/app:v1/json",
            ])
        withExtendedLifetime(directory) {}
    }

    @Test func aNewerImageTakesTheName() async throws {
        let directory = try TemporaryDirectory()
        let fake = try await FakeDaemon(socket: "\(directory.path)/s")
        let daemon = try Self.daemon(at: "\(directory.path)/s")
        let layout = try ImageLayout(creating: "\(directory.path)/cache")
        let reference = try ImageReference("redis")
        for size in [10, 20] {
            let (archive, id, _) = try Self.image(size: size)
            fake.add(.init(id: id, archive: archive), as: "docker.io/library/redis:latest")
            #expect(try await daemon.fetch(reference, platform: Self.amd64, into: layout))
            let image = try layout.image(reference, platform: Self.amd64)
            #expect(image.manifest.configuration.digest.oci == id)
        }
        #expect(try layout.images().count == 1)
        withExtendedLifetime(directory) {}
    }

    @Test func whatItLacksIsNotThere() async throws {
        let directory = try TemporaryDirectory()
        let fake = try await FakeDaemon(socket: "\(directory.path)/s")
        let (archive, id, _) = try Self.image(size: 10)
        fake.add(.init(id: id, archive: archive), as: "docker.io/team/app:v1")
        let pinned = "docker.io/team/app@sha256:" + String(repeating: "a", count: 64)
        fake.add(.init(id: id, archive: archive), as: pinned)
        let notes = Mutex<[String]>([])
        var daemon = try Self.daemon(at: "\(directory.path)/s")
        daemon.onNote = { note in notes.withLock { $0.append(note) } }
        let layout = try ImageLayout(creating: "\(directory.path)/cache")
        func fetch(_ name: String, _ platform: Platform) async throws -> Bool {
            try await daemon.fetch(try ImageReference(name), platform: platform, into: layout)
        }
        #expect(try await !fetch("team/app:v2", Self.amd64))
        #expect(notes.withLock { $0 } == [])
        // A daemon that makes manifests of its own cannot have the one that is asked for.
        #expect(try await !fetch(pinned, Self.amd64))
        #expect(try await !fetch("team/app:v1", Platform(architecture: "arm64")))
        let told = notes.withLock { $0 }
        #expect(told.count == 1)
        #expect(told.first?.contains("docker.io/team/app:v1") == true)
        #expect(told.first?.contains("has it for linux/amd64, not for linux/arm64") == true)
        #expect(try layout.images().isEmpty)
        #expect(!fake.requests.contains { $0.hasSuffix("/get") })
        withExtendedLifetime(directory) {}
    }

    /// The layout names what it named before, or nothing.
    @Test(arguments: [0, 1000, 1_500_000]) func aCutIsNoImage(bytes: Int) async throws {
        let directory = try TemporaryDirectory()
        let fake = try await FakeDaemon(socket: "\(directory.path)/s")
        let (archive, id, _) = try Self.image()
        var image = FakeDaemon.Image(id: id, archive: archive)
        image.cut = bytes
        fake.add(image, as: "docker.io/team/app:v1")
        let layout = try ImageLayout(creating: "\(directory.path)/cache")
        let daemon = try Self.daemon(at: "\(directory.path)/s")
        let reference = try ImageReference("team/app:v1")
        let error = try await #require(throws: DaemonError.self) {
            try await daemon.fetch(reference, platform: Self.amd64, into: layout)
        }
        guard case .interrupted = error.problem else {
            Issue.record("\(error)")
            return
        }
        #expect(try layout.images().isEmpty)
        image.cut = nil
        fake.add(image, as: "docker.io/team/app:v1")
        #expect(try await daemon.fetch(reference, platform: Self.amd64, into: layout))
        withExtendedLifetime(directory) {}
    }

    @Test func anArchiveThatIsNoneIsRefused() async throws {
        let directory = try TemporaryDirectory()
        let fake = try await FakeDaemon(socket: "\(directory.path)/s")
        let (archive, id, _) = try Self.image()
        var damaged = archive
        damaged[700] ^= 1
        let layout = try ImageLayout(creating: "\(directory.path)/cache")
        let daemon = try Self.daemon(at: "\(directory.path)/s")
        let reference = try ImageReference("team/app:v1")
        // More than is held between the daemon and the reader, which leaves at once: nobody waits for ever.
        let garbage = [UInt8](repeating: 0x41, count: 20 << 20)
        for bytes in [damaged, garbage, []] {
            fake.add(.init(id: id, archive: bytes), as: "docker.io/team/app:v1")
            await #expect(throws: ImageError.self) {
                try await daemon.fetch(reference, platform: Self.amd64, into: layout)
            }
            #expect(try layout.images().isEmpty)
        }
        withExtendedLifetime(directory) {}
    }

    @Test func anotherAnswerIsTold() async throws {
        let directory = try TemporaryDirectory()
        let fake = try await FakeDaemon(socket: "\(directory.path)/s")
        let layout = try ImageLayout(creating: "\(directory.path)/cache")
        let daemon = try Self.daemon(at: "\(directory.path)/s")
        func problem() async throws -> DaemonError.Problem? {
            let error = try await #require(throws: DaemonError.self) {
                try await daemon.fetch(try ImageReference("a/b"), platform: Self.amd64, into: layout)
            }
            #expect("\(error)".contains("docker.io/a/b") && "\(error)".contains("unix://\(directory.path)/s"))
            return error.problem
        }
        fake.answer(500, #"{"message": "out of order"}"#)
        #expect(try await problem() == .refused(status: 500, message: "out of order"))
        fake.answer(200, "<html>")
        guard case .notTheAPI = try await problem() else {
            Issue.record("taken")
            return
        }
        withExtendedLifetime(directory) {}
    }

    @Test func nobodyThereIsTold() async throws {
        let directory = try TemporaryDirectory()
        let layout = try ImageLayout(creating: "\(directory.path)/cache")
        let port = try DeadPort.next()
        for address in ["unix://\(directory.path)/none.sock", "tcp://127.0.0.1:\(port)"] {
            let daemon = try DockerDaemon { $0 == "DOCKER_HOST" ? address : nil }
            let error = try await #require(throws: DaemonError.self) {
                try await daemon.fetch(try ImageReference("a/b"), platform: Self.amd64, into: layout)
            }
            guard case .unreachable = error.problem else {
                Issue.record("\(error)")
                continue
            }
            #expect("\(error)".contains("\(address) cannot be reached"))
            #expect("\(error)".contains("DOCKER_HOST"))
        }
        withExtendedLifetime(directory) {}
    }

    /// skopeo makes the archive, podman serves it.
    @Test(.enabled(if: Tool.available("podman", "skopeo", "setpriv"))) func podmanServesAnImage() async throws
    {
        let builder = try LayoutBuilder()
        let reference = try ImageReference("example.com/team/app:v1")
        try builder.image(
            reference.description,
            layers: [[.directory("etc"), .file("etc/motd", "hello")], [.file("b", "c")]])
        let archive = "\(builder.directory.path)/image.tar"
        try Tool.run(
            "skopeo",
            [
                "--insecure-policy", "--override-arch", "amd64", "copy", "--quiet",
                "oci:\(builder.path):\(reference)", "docker-archive:\(archive):\(reference)",
            ])
        let podman: PodmanService
        switch try await PodmanService.start(loading: archive) {
        case .running(let service): podman = service
        case .impossible(let reason):
            try Test.cancel("podman cannot run here: \(reason)")
        }
        let layout = try ImageLayout(creating: "\(builder.directory.path)/cache")
        let daemon = try Self.daemon(at: podman.socket)
        #expect(try await daemon.fetch(reference, platform: Self.amd64, into: layout))
        let image = try layout.image(reference, platform: Self.amd64)
        let original = try builder.layout.image(reference, platform: Self.amd64)
        #expect(image.layers.map(\.diffID) == original.layers.map(\.diffID))
        #expect(try layout.isComplete(reference, platforms: [Self.amd64]))
        let other = try ImageReference("example.com/team/app:v2")
        #expect(try await !daemon.fetch(other, platform: Self.amd64, into: layout))
        try await podman.stop()
        withExtendedLifetime(builder) {}
    }
}
