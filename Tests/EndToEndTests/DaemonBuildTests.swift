import Bytes
import Digests
import Foundation
import Host
import NetworkSupport
import OCI
import TestSupport
import Testing

@Suite("--docker takes images from the daemon first")
struct DaemonBuildTests {
    private static func build(
        _ workshop: Workshop, _ arguments: [String], host: String
    ) throws -> Command.Result {
        try Executable.run(
            [
                "build", "--offline", "--cache", workshop.builder.path, "--arch", "amd64", "--docker",
                "--no-sbom",
            ]
                + arguments, in: workshop.path, environment: ["DOCKER_HOST": host])
    }

    @Test(
        "What the daemon has is built, what it lacks comes from the cache",
        .enabled(if: Tool.available("skopeo")))
    func daemonFirst() async throws {
        let workshop = try Workshop()
        // The daemon has another image of the same name.
        let other = try LayoutBuilder()
        try other.image(
            "sample/thing:1", layers: [[.directory("bin"), .file("bin/sh", "the daemon's shell\n")]])
        let archive = "\(workshop.path).docker.tar"
        defer { try? FileManager.default.removeItem(atPath: archive) }
        try Tool.run(
            "skopeo",
            [
                "--insecure-policy", "--override-arch", "amd64", "copy", "--quiet",
                "oci:\(other.path):docker.io/sample/thing:1", "docker-archive:\(archive):sample/thing:1",
            ])
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: archive)))
        let daemon = try await FakeDaemon()
        let host = "tcp://127.0.0.1:\(daemon.port)"
        let plain = try Self.build(workshop, ["-o", "-", "good.yml"], host: host)
        #expect(plain.status == 0, "\(plain.errorText)")
        #expect(daemon.requests == ["/images/docker.io/sample/thing:1/json"])

        let image = try other.layout.image(
            try ImageReference("sample/thing:1"), platform: Platform(architecture: "amd64"))
        daemon.add(
            .init(id: image.manifest.configuration.digest.oci, archive: bytes),
            as: "docker.io/sample/thing:1")
        let taken = try Self.build(workshop, ["-o", "-", "good.yml"], host: host)
        #expect(taken.status == 0, "\(taken.errorText)")
        #expect(taken.output != plain.output)
        #expect(String(decoding: taken.output, as: UTF8.self).contains("the daemon's shell"))
        #expect(daemon.requests.last?.hasSuffix("/get") == true)
    }

    @Test("Where nobody named a daemon and there is none, all else is asked; --pull asks no daemon")
    func withoutDaemon() async throws {
        let workshop = try Workshop()
        let arguments = ["build", "--cache", workshop.builder.path, "--arch", "amd64", "--docker", "-o", "-"]
        // At the usual places may be a daemon of this machine's own.
        if try FileStatus.of("/var/run/docker.sock") == nil {
            let result = try Executable.run(arguments + ["--offline", "good.yml"], in: workshop.path)
            #expect(result.status == 0, "\(result.errorText)")
            #expect(result.errorText.contains("no daemon found"), "\(result.errorText)")
        }
        let daemon = try await FakeDaemon()
        let registry = try await TestRegistry()
        let pulled = try Executable.run(
            arguments + [
                "--pull", "--mirror", "docker.io=\(registry.url)", "--mirror", registry.url, "good.yml",
            ],
            in: workshop.path,
            environment: [
                "DOCKER_HOST": "tcp://127.0.0.1:\(daemon.port)", "HTTPS_PROXY": "http://127.0.0.1:9",
            ])
        #expect(pulled.status != 0, "nobody has it")
        #expect(!registry.requests.isEmpty)
        #expect(daemon.requests.isEmpty)
    }

    @Test("A daemon that does not answer, or cannot, is told")
    func noDaemon() async throws {
        let workshop = try Workshop()
        let host = "unix://\(workshop.path)/none.sock"
        let absent = try Self.build(workshop, ["-o", "-", "good.yml"], host: host)
        #expect(absent.status == 69)
        #expect(absent.errorText.contains("\(host) cannot be reached"), "\(absent.errorText)")
        #expect(absent.errorText.contains("No such file") || absent.errorText.contains("no such file"))
        let wrong = try Self.build(workshop, ["-o", "-", "good.yml"], host: "ssh://me@example.com")
        #expect(wrong.status == 64)
        #expect(wrong.errorText.contains("DOCKER_HOST must be unix:///path"), "\(wrong.errorText)")
    }
}
