import Bytes
import Foundation
import Host
import NetworkSupport
import OCI
import TestSupport
import Testing

/// Two images, a configuration that names them in a registry, and an empty cache to build with.
struct RegistryWorkshop {
    let directory: TemporaryDirectory
    /// Where the images are made: what a build from a layout uses.
    let source: LayoutBuilder
    /// The registry's part of the references in `kit.yml`; empty for Docker's.
    let registry: String

    static let login = (username: "ann", password: "correct-horse-battery")
    static let images = ["team/base:1", "team/tool:1"]
    var cache: String { "\(directory.path)/cache" }
    var path: String { directory.path }

    init(registry: String) throws {
        directory = try TemporaryDirectory()
        source = try LayoutBuilder()
        self.registry = registry
        let base: [[TestMember]] = [
            [.directory("bin"), .file("bin/sh", "a shell\n", mode: 0o755), Self.large("base", 1)],
            [.file("etc/motd", "welcome\n")],
        ]
        let manifests = try ["amd64", "arm64"].map { architecture in
            let own: [TestMember] = [.file("etc/architecture", "\(architecture)\n")]
            return try source.manifest(
                try (base + [own]).map { try source.layer(TestTar.archive($0)) },
                platform: Platform(architecture: architecture))
        }
        let tool: [[TestMember]] = [
            base[0], [.file("bin/tool", "a tool\n", mode: 0o755), Self.large("tool", 2)],
        ]
        let toolManifest = try source.manifest(try tool.map { try source.layer(TestTar.archive($0)) })
        for name in Set([prefix, ""]) {
            try source.index("\(name)\(Self.images[0])", manifests)
            try source.index("\(name)\(Self.images[1])", [toolManifest])
        }
        try directory.write("kit.yml", kit)
    }

    private var prefix: String { registry.isEmpty ? "" : "\(registry)/" }

    var kit: String {
        "init:\n  - \(prefix)\(Self.images[0])\nservices:\n  - name: tool\n"
            + "    image: \(prefix)\(Self.images[1])\n    command: [\"/bin/tool\"]\n"
    }

    /// 200,000 bytes that differ from seed to seed.
    private static func large(_ name: String, _ seed: UInt64) -> TestMember {
        var member = TestMember.file(ByteString("var/\(name)"))
        var state = seed
        member.contents = (0..<200_000).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        return member
    }

    /// Pushes the images with skopeo to a registry that is there.
    func push(to registry: DockerRegistry, login: (username: String, password: String)? = nil) throws {
        for image in Self.images {
            try Skopeo.push(
                layout: source.path, "docker.io/\(image)", to: "\(registry.name)/\(image)", login: login,
                certificate: registry.certificate)
        }
    }

    /// Puts the images into a registry of the tests.
    func push(to registry: TestRegistry) throws {
        try registry.withContents { contents in
            for image in Self.images {
                let parts = image.split(separator: ":").map(String.init)
                try contents.add(image, of: source.layout, to: parts[0], tag: parts[1])
            }
        }
    }

    /// Writes `~/.docker/config.json` with the login for `registry`.
    func logIn(to registry: String) throws {
        let text = Data("\(Self.login.username):\(Self.login.password)".utf8).base64EncodedString()
        try directory.write("home/.docker/config.json", #"{"auths":{"\#(registry)":{"auth":"\#(text)"}}}"#)
    }

    /// Builds `kit.yml` to standard output; the build's own words are in `errorText`.
    func build(
        _ arguments: [String] = [], cache: String? = nil, kit: String = "kit.yml",
        environment: [String: String] = [:]
    ) throws -> Command.Result {
        try Executable.run(
            ["build", "--cache", cache ?? self.cache, "--arch", "amd64", "-o", "-"] + arguments + [kit],
            in: path, environment: environment)
    }

    /// What a build from a layout gives, without any network.
    func expected() throws -> [UInt8] {
        let result = try build(["--offline"], cache: source.path)
        #expect(result.status == 0, "\(result.errorText)")
        return result.output
    }

    /// A build goes well, gives what a build from a layout gives, and says no secret.
    @discardableResult
    func expectBuild(
        _ arguments: [String] = [], cache: String? = nil, environment: [String: String] = [:],
        secrets: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let result = try build(arguments, cache: cache, environment: environment)
        #expect(result.status == 0, "\(result.errorText)", sourceLocation: sourceLocation)
        let isSame = result.output == (try expected())
        #expect(isSame, "the image is another", sourceLocation: sourceLocation)
        Self.expectNoSecrets(result, secrets, sourceLocation)
        return result.errorText
    }

    /// A build fails with `status`, says all of `parts` in one line and no secret, and makes nothing.
    func expectFailure(
        _ arguments: [String] = [], status: Int32, saying parts: [String], kit: String = "kit.yml",
        cache: String? = nil, environment: [String: String] = [:], secrets: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let result = try build(arguments, cache: cache, kit: kit, environment: environment)
        #expect(result.status == status, "\(result.errorText)", sourceLocation: sourceLocation)
        #expect(result.output.isEmpty, sourceLocation: sourceLocation)
        let lines = result.errorText.split(separator: "\n").filter { $0.hasPrefix("identikit: ") }
        Workshop.expectClear(lines.joined(separator: "\n"), sourceLocation)
        for part in parts {
            #expect(
                result.errorText.contains(part), "\"\(part)\" is not in: \(result.errorText)",
                sourceLocation: sourceLocation)
        }
        Self.expectNoSecrets(result, secrets, sourceLocation)
    }

    private static func expectNoSecrets(
        _ result: Command.Result, _ more: [String], _ sourceLocation: SourceLocation
    ) {
        let pair = Data("\(login.username):\(login.password)".utf8).base64EncodedString()
        let text = result.errorText + result.outputText
        for secret in [login.password, pair, "bearer-secret"] + more {
            #expect(
                !text.contains(secret), "a secret in: \(result.errorText)", sourceLocation: sourceLocation)
        }
    }
}
