import Host
import NetworkSupport
import Registry
import TestSupport
import Testing

/// What skopeo and podman write when somebody logs in.
@Suite(.enabled(if: DockerRegistry.isAvailable && Tool.available("skopeo", "podman")))
struct SkopeoLoginTests {
    private static let login = Login(username: "me", password: "s3cr:et wörd")

    private static func registry(isSecure: Bool = false) async throws -> DockerRegistry {
        var options = DockerRegistry.Options()
        options.isSecure = isSecure
        options.login = (login.username, login.password)
        return try await DockerRegistry(options)
    }

    private static func logIn(
        _ program: String, to name: String, _ directory: TemporaryDirectory, _ environment: [String: String],
        _ extra: [String] = ["--tls-verify=false"]
    ) throws {
        let arguments = ["login", "--username", login.username, "--password-stdin"] + extra
        try Tool.run(
            program, arguments + [name], input: Array(login.password.utf8),
            environment: HostEnvironment.inherited(
                adding: ["HOME": directory.path, "XDG_RUNTIME_DIR": "\(directory.path)/run"].merging(
                    environment
                ) {
                    $1
                }))
    }

    private static func credentials(
        _ directory: TemporaryDirectory, _ environment: [String: String] = [:]
    ) -> ConfiguredCredentials {
        let environment = environment.merging(["XDG_RUNTIME_DIR": "\(directory.path)/run"]) { own, _ in own }
        return ConfiguredCredentials(environment: { environment[$0] }, home: directory.path, user: 4_000_000)
    }

    @Test(arguments: ["skopeo", "podman"]) func aLoginIsFound(program: String) async throws {
        let registry = try await Self.registry()
        let directory = try TemporaryDirectory()
        try directory.write("run/.keep", "")
        try Self.logIn(program, to: registry.name, directory, [:])
        #expect(try directory.list("run/containers") == ["auth.json"])
        #expect(try await Self.credentials(directory).login(for: "\(registry.name)/a/b") == Self.login)
        withExtendedLifetime(directory) {}
    }

    @Test(arguments: ["skopeo", "podman"]) func anAuthFileIsFound(program: String) async throws {
        let registry = try await Self.registry()
        let directory = try TemporaryDirectory()
        let file = "\(directory.path)/login.json"
        try Self.logIn(program, to: registry.name, directory, ["REGISTRY_AUTH_FILE": file])
        let credentials = Self.credentials(directory, ["REGISTRY_AUTH_FILE": file])
        #expect(try await credentials.login(for: registry.name) == Self.login)
        #expect(try await credentials.login(for: "docker.io") == nil)
        #expect(try await Self.credentials(directory).login(for: registry.name) == nil)
        withExtendedLifetime(directory) {}
    }

    /// In Docker's own file, for what is in a namespace only; and with a helper in that file.
    @Test func dockersFileAndNamespaces() async throws {
        let registry = try await Self.registry()
        let directory = try TemporaryDirectory()
        let file = try directory.write(".docker/config.json", #"{"psFormat": "table"}"#)
        try Self.logIn(
            "skopeo", to: "\(registry.name)/team", directory, [:], ["--tls-verify=false", "--authfile", file])
        let credentials = Self.credentials(directory)
        #expect(try await credentials.login(for: "\(registry.name)/team/app") == Self.login)
        #expect(try await credentials.login(for: "\(registry.name)/other") == nil)
        withExtendedLifetime(directory) {}
    }

    @Test func aLoginOverTLS() async throws {
        let registry = try await Self.registry(isSecure: true)
        let certificate = try #require(registry.certificate)
        let directory = try TemporaryDirectory()
        try directory.write("run/.keep", "")
        try Self.logIn(
            "skopeo", to: registry.name, directory, [:], ["--cert-dir", certificate.authorityDirectory])
        #expect(try await Self.credentials(directory).login(for: registry.name) == Self.login)
        withExtendedLifetime(directory) {}
    }
}
