import OCI
import Testing

@testable import Signatures

@Suite struct RepositoryPatternTests {
    private func name(_ image: String) throws -> RepositoryName { RepositoryName(try ImageReference(image)) }

    @Test(
        arguments: [
            ("*", "redis", 0), ("docker.io/*", "redis", 9), ("docker.io/linuxkit/*", "linuxkit/init:v1", 18),
            ("docker.io/linuxkit/*", "linuxkitty/init", nil),
            ("docker.io/linuxkit/*", "docker.io/linuxkit", nil),
            ("docker.io/linuxkit/init", "linuxkit/init:v1.0", .max),
            ("docker.io/linuxkit/init", "linuxkit/init2", nil),
            ("localhost:5000/*", "localhost:5000/a/b/c", 14), ("localhost:5000/*", "localhost:5001/a", nil),
            ("localhost/*", "localhost/a", 9),
            ("ghcr.io/a/*", "ghcr.io/a/b/c@sha256:\(String(repeating: "0", count: 64))", 9),
        ] as [(String, String, Int?)])
    func isForRepositories(_ pattern: String, _ image: String, _ narrowness: Int?) throws {
        #expect(try RepositoryPattern(pattern).narrowness(for: name(image)) == narrowness)
    }

    /// None of the spellings of one place gets around a rule.
    @Test(arguments: [
        "redis", "library/redis", "docker.io/redis", "docker.io/library/redis:7",
        "index.docker.io/library/redis",
        "registry-1.docker.io/redis", "DOCKER.IO/library/redis", "docker.io:443/redis",
        "docker.io:0443/redis",
        "docker.io./redis", "Index.Docker.io.:443/library/redis",
    ])
    func spellingsAreOne(_ image: String) throws {
        #expect(try name(image).description == "docker.io/library/redis")
        #expect(try RepositoryPattern("docker.io/library/redis").narrowness(for: name(image)) == .max)
    }

    @Test func patternsHaveOneSpellingToo() throws {
        #expect(try RepositoryPattern("Docker.io/redis") == RepositoryPattern("docker.io/library/redis"))
        #expect(try RepositoryPattern("ghcr.io:443/a/*") == RepositoryPattern("ghcr.io/a/*"))
        #expect(try RepositoryPattern("index.docker.io/*").description == "docker.io/*")
    }

    @Test(arguments: [
        ("", "the registry is missing"), ("redis", "docker.io/redis"), ("linuxkit/*", "docker.io/linuxkit/*"),
        ("docker.io/*/kernel", "star"), ("docker.io/linuxkit*", "star"), ("**", "star"),
        ("docker.io/**", "star"),
        ("docker.io/linuxkit/kernel:v1", "without tag"), ("docker.io/A", "malformed repository name"),
        ("docker.io/", "malformed repository name"),
        ("docker.io/a//*", "malformed repository name"), ("docker.io", "docker.io/*"),
    ])
    func refuses(_ text: String, _ expected: String) {
        let error = #expect(throws: PolicyReason.self) { try RepositoryPattern(text) }
        #expect(error?.description.contains(expected) == true, "\(text): \(error?.description ?? "")")
    }
}
