import Host
import NetworkSupport
import TestSupport
import Testing

@Suite(
    "Debian's registry and skopeo, as the tests start them",
    .enabled(if: DockerRegistry.isAvailable && Skopeo.isAvailable))
struct DockerRegistryTests {
    private static let login = (username: "ann", password: "correct horse")

    @Test("Images go in and out, with and without TLS and a login", arguments: [false, true], [false, true])
    func roundTrip(isSecure: Bool, hasLogin: Bool) async throws {
        var options = DockerRegistry.Options()
        options.isSecure = isSecure
        if hasLogin { options.login = Self.login }
        let registry = try await DockerRegistry(options)
        let images = try OverlappingImages(count: 1, layers: 2)
        let login = hasLogin ? Self.login : nil
        try Skopeo.push(
            layout: images.builder.path, "docker.io/\(images.names[0])", to: "\(registry.name)/a/b:1",
            login: login, certificate: registry.certificate)
        let directory = try TemporaryDirectory()
        try Skopeo.copy(
            "docker://\(registry.name)/a/b:1", "oci:\(directory.path)/copy:b", login: login,
            certificate: registry.certificate)
        let blobs = try directory.list("copy/blobs/sha256")
        #expect(blobs.count == 5, "two layers, configuration, manifest, index")
        withExtendedLifetime(registry) {}
    }

    @Test("It ends with its last reference")
    func ending() async throws {
        var registry: DockerRegistry? = try await DockerRegistry()
        let port = try #require(registry?.port)
        #expect(try Self.answers(port))
        registry = nil
        while try Self.answers(port) { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test("Images overlap and are pushed")
    func overlap() async throws {
        let registry = try await DockerRegistry()
        let images = try OverlappingImages(count: 3, layers: 8)
        let references = try await images.push(to: registry.name)
        #expect(references.count == 3)
        for reference in references {
            try Tool.run("skopeo", ["inspect", "--tls-verify=false", "docker://\(reference)"])
        }
        let blobs = try images.builder.directory.list("layout/blobs/sha256").count
        #expect(blobs == 2 + 4 * 3 + 3 * 3, "common layers, others, documents")
    }

    private static func answers(_ port: Int) throws -> Bool {
        try Command("curl", ["-s", "-o", "/dev/null", "http://127.0.0.1:\(port)/v2/"]).run().status == 0
    }
}
