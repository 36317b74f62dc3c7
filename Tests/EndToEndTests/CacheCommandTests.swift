import Bytes
import Digests
import Foundation
import Host
import JSON
import OCI
import TestSupport
import Testing

@Suite("The cache commands") struct CacheCommandTests {
    private let cache: CacheDirectory

    init() throws { cache = try CacheDirectory.sample() }

    @Test("ls lists names and digests, sorted; LinuxKit's places for --cache are known")
    func list() throws {
        let lines = try cache.succeed(["ls"]).split(separator: "\n").map(String.init)
        #expect(lines.count == 3 && lines[0].hasPrefix("IMAGE"))
        #expect(lines[1].hasPrefix("docker.io/sample/one:1  sha256:"))
        #expect(lines[2].hasPrefix("docker.io/sample/two:1  sha256:"))
        for arguments in [["--cache", cache.path, "cache", "ls"], ["cache", "--cache", cache.path, "ls"]] {
            let result = try Executable.run(arguments, in: cache.directory.path)
            #expect(result.outputText.split(separator: "\n").map(String.init) == lines, "\(result.errorText)")
        }
        let json = try JSONValue(parsing: Array(cache.succeed(["ls", "--json"]).utf8))
        #expect(json["images"]?[0]?["name"]?.string == "docker.io/sample/one:1")
        #expect(try cache.succeed(["ls"], cache: "\(cache.directory.path)/nothing") == "")
        #expect(try FileStatus.of("\(cache.directory.path)/nothing") == nil)
    }

    @Test("rm removes the name and what only it used, all names or none")
    func remove() throws {
        try cache.fail(["rm", "sample/one:1", "sample/none:1"], 66, saying: "sample/none:1")
        #expect(try cache.succeed(["ls"]).contains("sample/one:1"))
        let before = try cache.files().count
        try cache.succeed(["rm", "sample/one:1"])
        // Index, manifest, configuration, its own layer.
        #expect(try cache.files().count == before - 4)
        #expect(try cache.succeed(["verify"]).contains("names 1, "))
        try cache.succeed(["rm", "sample/two:1"])
        #expect(try cache.succeed(["du", "--json"]).contains("\"total\": 0"))
    }

    @Test("While the cache is in use rm takes the names alone, clean refuses, and both say so")
    func busy() throws {
        let user = try ImageLayout(opening: cache.path)
        let before = try cache.files().count
        try cache.fail(["clean"], 69, saying: "is using the cache")
        let result = try cache.run(["rm", "sample/one:1"])
        #expect(result.status == 0 && result.errorText.contains("clean --unused"), "\(result.errorText)")
        #expect(try cache.files().count == before)
        withExtendedLifetime(user) {}
    }

    @Test("clean empties the cache; --unused keeps the images")
    func clean() throws {
        try cache.directory.write("cache/blobs/sha256/.blob.aB3dE9", "left")
        let listed = try cache.succeed(["ls"])
        #expect(try cache.run(["clean", "--unused"]).errorText.contains("1 half-written files (4 B)"))
        #expect(try cache.succeed(["ls"]) == listed)
        try cache.succeed(["clean"])
        #expect(try cache.succeed(["ls"]) == "")
        #expect(
            try cache.files().map { $0.prefix { $0 != " " } } == [
                ".lock", "blobs", "blobs/sha256", "index.json", "oci-layout",
            ])
        try cache.succeed(["clean"], cache: "\(cache.directory.path)/nothing")
        try cache.directory.write("thesis/chapter", "x")
        try cache.fail(
            ["clean"], 65, saying: "not an OCI image layout", cache: "\(cache.directory.path)/thesis")
    }

    @Test("What is exported is imported again, through files and pipes", arguments: ["oci", "docker"])
    func roundTrip(format: String) throws {
        let platform = ["--platform", "linux/amd64"]
        try cache.succeed(["export", "--format", format, "--outfile", "a.tar", "sample/one:1"] + platform)
        let piped = try cache.run(
            ["export", "--format", format, "--outfile", "-", "sample/one:1"] + platform)
        #expect(try piped.output == cache.directory.read("a.tar"))
        let other = "\(cache.directory.path)/other"
        try cache.succeed(["import", "a.tar"], cache: other)
        try cache.succeed(["import", "--name", "new:1", "-"], cache: other, input: piped.output)
        let listed = try cache.succeed(["ls"], cache: other)
        #expect(listed.contains("docker.io/library/new:1") && listed.contains("docker.io/sample/one:1"))
        try cache.succeed(["verify"], cache: other)
        try cache.directory.write("kit.yml", "init:\n  - new:1\n")
        let build = try Executable.run(
            ["build", "-o", "out.tar", "--arch", "amd64", "--cache", other, "kit.yml"],
            in: cache.directory.path)
        #expect(build.status == 0, "\(build.errorText)")
    }

    @Test("The file system goes to a pipe", .enabled(if: Tool.available("tar")))
    func fileSystem() throws {
        let result = try cache.run(
            ["export", "--format", "filesystem", "--arch", "amd64", "--outfile", "-", "sample/one:1"])
        let names = try Tool.run("tar", ["tf", "-"], input: result.output).outputText
        #expect(Set(names.split(separator: "\n")) == ["bin", "bin/sh", "one"], "\(names)")
    }

    @Test(
        "Another tool's layout is taken from its directory", .enabled(if: Tool.available("skopeo", "umoci")))
    func directories() throws {
        let from = "oci:\(cache.path):docker.io/sample/two:1"
        let copy = "\(cache.directory.path)/copy"
        try Tool.run(
            "skopeo",
            ["--insecure-policy", "--override-arch", "amd64", "copy", "-q", from, "oci:\(copy):latest"])
        let other = "\(cache.directory.path)/other"
        try cache.fail(["import", "copy"], 65, saying: "--name", cache: other)
        try cache.succeed(["import", "--name", "sample/two:2", "copy"], cache: other)
        try Tool.run("umoci", ["stat", "--image", "\(other):docker.io/sample/two:2"])
        try Tool.run(
            "skopeo", ["inspect", "--override-arch", "amd64", "oci:\(other):docker.io/sample/two:2"])
    }

    @Test("verify lists damage, says what to do, exits with 65; --repair removes it")
    func verify() throws {
        let blob = try cache.files().first { $0.hasPrefix("blobs/sha256/") }
        let name = String(try #require(blob).prefix(77))
        var bytes = try cache.directory.read("cache/\(name)")
        bytes[bytes.count - 1] ^= 1
        try cache.directory.write("cache/\(name)", bytes)
        try cache.fail(["verify"], 65, saying: "run cache verify --repair")
        #expect(try cache.run(["verify"]).outputText.contains("sha256:\(name.suffix(64)): its contents have"))
        #expect(try FileStatus.of("\(cache.path)/\(name)") != nil)
        try cache.fail(["verify", "--repair"], 65, saying: "removed 1 damaged blob")
        #expect(try FileStatus.of("\(cache.path)/\(name)") == nil)
        let missing = try cache.run(["verify", "--json"])
        let json = try JSONValue(parsing: missing.output)
        #expect(json["sound"]?.bool == false)
        #expect(json["damages"]?[0]?["reason"]?.string == "it is missing")
    }

    @Test("A cache that cannot be written is read, and nothing is written into it")
    func readOnly() throws {
        try Tool.run("chmod", ["-R", "a-w", cache.path])
        defer { _ = try? Tool.run("chmod", ["-R", "u+w", cache.path]) }
        let before = try cache.files()
        for arguments in [
            ["ls"], ["du"], ["verify"], ["export", "--outfile", "a.tar", "sample/one:1"],
            ["export", "--format", "docker", "--arch", "amd64", "--outfile", "b.tar", "sample/one:1"],
        ] { try cache.succeed(arguments) }
        for arguments in [
            ["rm", "sample/one:1"], ["clean"], ["clean", "--unused"], ["import", "a.tar"],
            ["verify", "--repair"],
        ] { try cache.fail(arguments, 73, saying: "cannot be written") }
        #expect(try cache.files() == before)
    }

    @Test(
        "Wrong usage is told",
        arguments: [
            (["export", "sample/one:1"], "--outfile"),
            (["export", "--format", "zip", "--outfile", "x", "a"], "zip"),
            (["rm"], "name"), (["import", "--name", "UPPER", "x"], "UPPER"),
            (["export", "--platform", "linux", "--outfile", "x", "a"], "linux/amd64"),
            (
                [
                    "export", "--platform", "linux/arm64,linux/amd64", "--format", "docker", "--outfile", "x",
                    "a",
                ], "one platform"
            ),
        ])
    func usage(arguments: [String], part: String) throws {
        let result = try cache.run(arguments)
        #expect(result.status == 64 && result.errorText.contains(part), "\(result.errorText)")
    }

    @Test("A failed export leaves nothing behind")
    func failedExport() throws {
        try cache.fail(["export", "--outfile", "x.tar", "sample/none:1"], 66, saying: "sample/none:1")
        try cache.fail(["export", "--outfile", ".", "sample/one:1"], 73, saying: "directory")
        #expect(try cache.directory.list() == ["cache"])
    }

    @Test("clean --unused removes parts of downloads, rm keeps them")
    func parts() throws {
        let cache = try CacheDirectory.sample()
        let part = "\(cache.path)/derived/downloads/\(String(repeating: "ab", count: 32))"
        try Directory.create("\(cache.path)/derived/downloads")
        try Tool.run("sh", ["-c", "echo part > \(part)"])
        try cache.succeed(["rm", "sample/one:1"])
        #expect(try FileStatus.of(part) != nil)
        try cache.succeed(["clean", "--unused"])
        #expect(try FileStatus.of(part) == nil)
        #expect(try cache.succeed(["ls"]).contains("sample/two"))
    }

    @Test(
        "An image goes with its signatures, unless another name keeps it; verify takes them for what they are"
    )
    func signatures() throws {
        let cache = try CacheDirectory.sample()
        let layout = try ImageLayout(opening: cache.path)
        let root = try layout.descriptor(of: try ImageReference("sample/one:1"))
        let signer = try CosignSigner()
        try signer.tagged(root.digest, in: "docker.io/sample/one").write(into: layout)
        let signature = "docker.io/sample/one:sha256-\(root.digest.hex).sig"
        #expect(try cache.succeed(["ls"]).contains(signature))
        try cache.succeed(["verify"])
        try layout.tag(try ImageReference("sample/other:1"), root)
        try cache.succeed(["rm", "sample/other:1"])
        #expect(try cache.succeed(["ls"]).contains(signature))
        try cache.succeed(["rm", "sample/one:1"])
        #expect(try !cache.succeed(["ls"]).contains("sample/one"))
    }

    @Test("A plain file system has no name")
    func nameless() throws {
        try CacheDirectory.sample().fail(
            ["export", "--format", "filesystem", "--name", "a:1", "--outfile", "x.tar", "sample/one:1"], 64,
            saying: "--name")
    }
}
