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
        _ program: String, to name: String, _ folder: TemporaryFolder, _ environment: [String: String],
        _ extra: [String] = ["--tls-verify=false"]
    ) throws {
        let arguments = ["login", "--username", login.username, "--password-stdin"] + extra
        try Tool.run(
            program, arguments + [name], input: Array(login.password.utf8),
            environment: HostEnvironment.inherited(
                adding: ["HOME": folder.path, "XDG_RUNTIME_DIR": "\(folder.path)/run"].merging(environment) {
                    $1
                }))
    }

    private static func credentials(
        _ folder: TemporaryFolder, _ environment: [String: String] = [:]
    ) -> ConfiguredCredentials {
        let environment = environment.merging(["XDG_RUNTIME_DIR": "\(folder.path)/run"]) { own, _ in own }
        return ConfiguredCredentials(environment: { environment[$0] }, home: folder.path, user: 4_000_000)
    }

    @Test(arguments: ["skopeo", "podman"]) func aLoginIsFound(program: String) async throws {
        let registry = try await Self.registry()
        let folder = try TemporaryFolder()
        try folder.write("run/.keep", "")
        try Self.logIn(program, to: registry.name, folder, [:])
        #expect(try folder.list("run/containers") == ["auth.json"])
        #expect(try await Self.credentials(folder).login(for: "\(registry.name)/a/b") == Self.login)
        withExtendedLifetime(folder) {}
    }

    @Test(arguments: ["skopeo", "podman"]) func anAuthFileIsFound(program: String) async throws {
        let registry = try await Self.registry()
        let folder = try TemporaryFolder()
        let file = "\(folder.path)/login.json"
        try Self.logIn(program, to: registry.name, folder, ["REGISTRY_AUTH_FILE": file])
        let credentials = Self.credentials(folder, ["REGISTRY_AUTH_FILE": file])
        #expect(try await credentials.login(for: registry.name) == Self.login)
        #expect(try await credentials.login(for: "docker.io") == nil)
        #expect(try await Self.credentials(folder).login(for: registry.name) == nil)
        withExtendedLifetime(folder) {}
    }

    /// In Docker's own file, for what is in a namespace only; and with a helper in that file.
    @Test func dockersFileAndNamespaces() async throws {
        let registry = try await Self.registry()
        let folder = try TemporaryFolder()
        let file = try folder.write(".docker/config.json", #"{"psFormat": "table"}"#)
        try Self.logIn(
            "skopeo", to: "\(registry.name)/team", folder, [:], ["--tls-verify=false", "--authfile", file])
        let credentials = Self.credentials(folder)
        #expect(try await credentials.login(for: "\(registry.name)/team/app") == Self.login)
        #expect(try await credentials.login(for: "\(registry.name)/other") == nil)
        withExtendedLifetime(folder) {}
    }

    @Test func aLoginOverTLS() async throws {
        let registry = try await Self.registry(isSecure: true)
        let certificate = try #require(registry.certificate)
        let folder = try TemporaryFolder()
        try folder.write("run/.keep", "")
        try Self.logIn("skopeo", to: registry.name, folder, [:], ["--cert-dir", certificate.authorityFolder])
        #expect(try await Self.credentials(folder).login(for: registry.name) == Self.login)
        withExtendedLifetime(folder) {}
    }
}
