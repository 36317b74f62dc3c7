import Bytes
import Digests
import Host
import NetworkSupport
import OCI
import TestSupport
import Testing

@Suite(
    "--published-only removes what a registry has as it is here, and keeps the rest",
    .enabled(if: Tool.available("docker-registry")))
struct CachePublishedTests {
    @Test("Signatures of an image that stays, stay", arguments: ["rm", "clean"])
    func signaturesOfWhatStays(command: String) async throws {
        let registry = try await DockerRegistry()
        let name = "\(registry.name)/team/app:1"
        let cache = try CacheDirectory([(name, [[.file("a", "contents")]])])
        let root = try ImageLayout(reading: cache.path).descriptor(of: try ImageReference(name))
        let tag = "\(registry.name)/team/app:sha256-\(root.digest.hex).sig"
        try LayoutBuilder(at: cache.path).image(
            tag, layers: [[.file("b", "no signature, but named like one")]])
        try cache.succeed(["push", tag])
        // The registry has another image of the name, and the signature as it is here.
        try cache.succeed(["push", "--remote-name", name, tag])
        let result = try cache.run([command, "--published-only"] + (command == "rm" ? [name] : []))
        #expect(result.errorText.contains("keeping \(name)"), "\(result.errorText)")
        let listed = try cache.succeed(["ls"])
        #expect(listed.contains("\(name) ") && listed.contains(tag), "\(listed)")
    }

    @Test("Signatures that the registry has otherwise stay, as it is said", arguments: ["rm", "clean"])
    func signatures(command: String) async throws {
        let registry = try await DockerRegistry()
        let name = "\(registry.name)/team/app:1"
        let cache = try CacheDirectory([(name, [[.file("a", "contents")]])])
        try cache.succeed(["push", name])
        let root = try ImageLayout(reading: cache.path).descriptor(of: try ImageReference(name))
        let tag = "\(registry.name)/team/app:sha256-\(root.digest.hex).sig"
        try LayoutBuilder(at: cache.path).image(
            tag, layers: [[.file("b", "no signature, but named like one")]])
        let arguments = [command, "--published-only"] + (command == "rm" ? [name] : [])
        let result = try cache.run(arguments)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.errorText.contains("keeping \(tag)"), "\(result.errorText)")
        #expect(!result.errorText.contains("removed \(tag)"), "\(result.errorText)")
        let listed = try cache.succeed(["ls"])
        #expect(listed.contains(tag) && !listed.contains("\(name) "), "\(listed)")
    }

    @Test(arguments: [["rm", "--published-only"], ["clean", "--published-only"]])
    func published(command: [String]) async throws {
        let registry = try await DockerRegistry()
        let names = ["same", "other", "none"].map { "\(registry.name)/team/\($0):1" }
        let cache = try CacheDirectory(
            names.map { ($0, [[.file(ByteString($0.utf8.count.description), $0)]]) })
        try cache.succeed(["push", names[0]])
        try cache.succeed(["push", "--remote-name", names[1], names[0]])
        let result = try cache.run(command + (command[0] == "rm" ? names : []))
        #expect(result.status == 0, "\(result.errorText)")
        #expect(
            result.errorText.contains("keeping \(names[1]): its registry has a different digest"),
            "\(result.errorText)")
        #expect(result.errorText.contains("keeping \(names[2]): not found in its registry"))
        let listed = try cache.succeed(["ls"])
        #expect(!listed.contains(names[0]) && listed.contains(names[1]) && listed.contains(names[2]))
        try cache.succeed(["verify"])
        // A registry that does not answer confirms nothing.
        try await registry.stop()
        let later = try cache.run(["rm", "--published-only", names[1]])
        #expect(later.errorText.contains("keeping"), "\(later.errorText)")
        #expect(try cache.succeed(["ls"]) == listed)
    }
}
