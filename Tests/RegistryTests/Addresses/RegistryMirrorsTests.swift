import Registry
import Testing

@Suite struct RegistryMirrorsTests {
    /// Options, environment, registry, and the URLs to ask in turn.
    struct Row: Sendable, CustomTestStringConvertible {
        var options: [String] = []
        var environment: String?
        var registry: String
        var endpoints: [String]
        var testDescription: String { "\(options) \(environment ?? "") \(registry)" }
    }

    static let rows = [
        // No mirrors: the registry itself.
        Row(registry: "docker.io", endpoints: ["https://registry-1.docker.io"]),
        Row(registry: "index.docker.io", endpoints: ["https://registry-1.docker.io"]),
        Row(registry: "ghcr.io", endpoints: ["https://ghcr.io"]),
        Row(registry: "Registry.Example:8443", endpoints: ["https://registry.example:8443"]),
        Row(registry: "localhost:5000", endpoints: ["http://localhost:5000"]),
        Row(registry: "127.1.2.3:5000", endpoints: ["http://127.1.2.3:5000"]),
        Row(registry: "[::1]:5000", endpoints: ["http://[::1]:5000"]),
        Row(registry: "128.0.0.1:5000", endpoints: ["https://128.0.0.1:5000"]),
        Row(registry: "localhost.example", endpoints: ["https://localhost.example"]),
        // One for a registry, and for no other.
        Row(
            options: ["docker.io=http://mymirror.io"], registry: "docker.io",
            endpoints: ["http://mymirror.io", "https://registry-1.docker.io"]),
        Row(options: ["docker.io=http://mymirror.io"], registry: "ghcr.io", endpoints: ["https://ghcr.io"]),
        // All names of Docker Hub are one.
        Row(
            options: ["docker.io/=https://m.example"], registry: "registry-1.docker.io",
            endpoints: ["https://m.example", "https://registry-1.docker.io"]),
        Row(
            options: ["index.docker.io=https://m.example"], registry: "docker.io",
            endpoints: ["https://m.example", "https://registry-1.docker.io"]),
        // A URL alone: for every registry without one of its own, in any order.
        Row(
            options: ["http://mymirror.local"], registry: "quay.io",
            endpoints: ["http://mymirror.local", "https://quay.io"]),
        Row(
            options: ["http://all.local/other", "ghcr.io=http://mymirror.local/ghcr"], registry: "ghcr.io",
            endpoints: ["http://mymirror.local/ghcr", "https://ghcr.io"]),
        Row(
            options: ["ghcr.io=http://mymirror.local/ghcr", "http://all.local/other"], registry: "docker.io",
            endpoints: ["http://all.local/other", "https://registry-1.docker.io"]),
        Row(
            options: ["*=http://mymirror.local"], registry: "quay.io",
            endpoints: ["http://mymirror.local", "https://quay.io"]),
        // Paths without slashes at the ends.
        Row(
            options: ["ghcr.io=https://m.example:8443//a/b//"], registry: "ghcr.io",
            endpoints: ["https://m.example:8443/a/b", "https://ghcr.io"]),
        // Several, in order, each once; empty ones are skipped, as in LinuxKit.
        Row(
            options: [
                "", "ghcr.io=https://b.example", "ghcr.io=https://a.example", "ghcr.io=https://b.example",
            ],
            registry: "ghcr.io", endpoints: ["https://b.example", "https://a.example", "https://ghcr.io"]),
        // Ports keep registries apart.
        Row(
            options: ["reg.example:5000=https://m.example"], registry: "reg.example",
            endpoints: ["https://reg.example"]),
        // The environment, and the options before it, registry by registry.
        Row(
            environment: "docker.io=http://a.example,ghcr.io=http://b.example", registry: "ghcr.io",
            endpoints: ["http://b.example", "https://ghcr.io"]),
        Row(
            environment: " http://a.example \n ghcr.io=http://b.example ", registry: "docker.io",
            endpoints: ["http://a.example", "https://registry-1.docker.io"]),
        Row(
            options: ["ghcr.io=https://option.example"], environment: "ghcr.io=http://b.example",
            registry: "ghcr.io", endpoints: ["https://option.example", "https://ghcr.io"]),
        Row(
            options: ["ghcr.io=https://option.example"], environment: "docker.io=http://b.example",
            registry: "docker.io", endpoints: ["http://b.example", "https://registry-1.docker.io"]),
        Row(environment: "", registry: "ghcr.io", endpoints: ["https://ghcr.io"]),
        // Plain HTTP for a registry that has no TLS.
        Row(
            options: ["reg.example=http://reg.example"], registry: "reg.example",
            endpoints: ["http://reg.example", "https://reg.example"]),
    ]

    @Test(arguments: rows) func asksInTurn(row: Row) throws {
        let mirrors = try RegistryMirrors(row.options, environment: row.environment)
        let endpoints = try mirrors.endpoints(for: row.registry)
        #expect(endpoints.map(\.description) == row.endpoints)
        #expect(endpoints.dropLast().filter { !$0.isMirror }.isEmpty)
        #expect(endpoints.last?.isMirror == false)
    }

    @Test func knowsWhoseCredentialsToUse() throws {
        let mirrors = try RegistryMirrors(["docker.io=https://mirror.example:8443/hub"], environment: nil)
        let endpoints = try mirrors.endpoints(for: "registry-1.docker.io")
        #expect(endpoints.map(\.registry) == ["mirror.example:8443", "docker.io"])
        #expect(endpoints.map { $0.repository("library/redis") } == ["hub/library/redis", "library/redis"])
        let loopback = try RegistryMirrors().endpoints(for: "LOCALHOST:5000")
        #expect(loopback.map(\.registry) == ["localhost:5000"])
    }

    /// Only where nobody said what it speaks.
    @Test func loopbackMaySpeakTLS() throws {
        let mirrors = try RegistryMirrors(["quay.io=http://localhost:5000"], environment: nil)
        let own = try mirrors.endpoints(for: "localhost:5000")
        #expect(own.map(\.maySpeakTLS) == [true])
        let mirrored = try mirrors.endpoints(for: "quay.io")
        #expect(mirrored.map(\.maySpeakTLS) == [false, false])
    }

    @Test(arguments: [
        "mymirror.io", "docker.io=mymirror.io", "docker.io=ftp://mymirror.io", "=http://m.example",
        "docker.io=",
        "https://docker.io=http://m.example", "ghcr.io/team=http://m.example", "ghcr.io=http://",
        "ghcr.io=http://:80", "ghcr.io=http://m.example:99999", "ghcr.io=http://m.example?a=b",
        "ghcr.io=http://m.example#a", "ghcr.io=http://m example", "ghcr.io=http://[::1",
        "http://m.example/a=b",
        "gh cr.io=http://m.example",
    ])
    func aWrongMirrorIsShownARightOne(option: String) throws {
        let error = try #require(throws: RegistryError.self) {
            try RegistryMirrors([option], environment: nil)
        }
        guard case .configuration(let reason) = error.problem else {
            Issue.record("\(error.problem)")
            return
        }
        #expect(reason.hasPrefix("--mirror: \"\(option)\""))
        #expect(reason.contains("docker.io=https://mirror.example"))
    }

    @Test func aPasswordInAMirrorIsNotShown() throws {
        for option in ["ghcr.io=https://me:s3cret@m.example", "ghcr.io=https://me:s3cret@m.example:99999"] {
            let error = try #require(throws: RegistryError.self) {
                try RegistryMirrors([], environment: option)
            }
            #expect(!"\(error.problem)".contains("s3cret"))
            #expect("\(error.problem)".contains("LINUXKIT_MIRROR"))
        }
    }

    @Test(arguments: ["", "a b", "host:", "host:0", "host:70000", "ho/st", "[::1", "[127.0.0.1]:80", "a:b:c"])
    func whatIsNoRegistryIsRefused(name: String) throws {
        let mirrors = RegistryMirrors()
        #expect(throws: RegistryError.self) { try mirrors.endpoints(for: name) }
    }
}
