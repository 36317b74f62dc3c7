import Digests
import Foundation
import Host
import JSON
import NetworkSupport
import OCI
import Registry
import TestSupport
import Testing

/// A builder: a cache with the sample's images, and a directory to build in.
private struct Builder {
    let directory: TemporaryDirectory
    let layout: LayoutBuilder

    init(_ compression: LayoutBuilder.Compression = .gzip) throws {
        directory = try TemporaryDirectory()
        layout = try SampleKit.layout(compression)
        try directory.write("kit.yml", SampleKit.yaml)
        try directory.write("home/greeting", SampleKit.greeting)
        try SampleBootFiles.write(to: directory, "boot")
    }

    func run(_ arguments: [String], name: String = "kit") throws -> Command.Result {
        try Executable.run(
            [
                "build", "--cache", layout.path, "--arch", "amd64", "--name", name, "-f",
                "tar,kernel+initrd,raw-efi", "--efi-boot", "\(directory.path)/boot",
            ] + arguments + ["kit.yml"], in: directory.path)
    }

    /// Digests by what follows the base name.
    func digests(_ name: String = "kit") throws -> [String: SHA256Digest] {
        var digests: [String: SHA256Digest] = [:]
        for file in try directory.list() where file.hasPrefix(name) && file != "kit.yml" {
            digests[String(file.dropFirst(name.count))] = SHA256Digest(hashing: try directory.read(file))
        }
        return digests
    }
}

@Suite("A second builder takes what the first has made", .enabled(if: DockerRegistry.isAvailable))
struct SharedBuildTests {
    @Test("Equal digests without building; another input is built; jobs and names make no difference")
    func second() async throws {
        let registry = try await DockerRegistry()
        let cache = [
            "--cache-from", "\(registry.name)/team/cache", "--cache-to", "\(registry.name)/team/cache",
        ]
        let first = try Builder()
        let built = try first.run(cache)
        #expect(built.status == 0, "\(built.errorText)")
        #expect(built.errorText.contains("shared in"), "\(built.errorText)")

        // Other compression, another base name: the same build.
        let second = try Builder(.none)
        let taken = try second.run(cache + ["--jobs", "1"], name: "other")
        #expect(taken.status == 0, "\(taken.errorText)")
        #expect(taken.errorText.contains("from the shared cache"), "\(taken.errorText)")
        #expect(try second.digests("other") == first.digests())
        #expect(try first.digests().count == 5)
        // Nothing was unpacked for it.
        #expect(!FileManager.default.fileExists(atPath: "\(second.layout.path)/derived"))

        for different in [["--no-share"], ["--no-sbom"], ["--source-date-epoch", "7"]] {
            let result = try second.run(["--cache-from", cache[1]] + different, name: "different")
            #expect(result.status == 0, "\(result.errorText)")
            #expect(!result.errorText.contains("from the shared cache"), "\(different)")
        }
        try second.directory.write("home/greeting", "something else\n")
        let result = try second.run(["--cache-from", cache[1]], name: "different")
        #expect(result.status == 0 && !result.errorText.contains("from the shared cache"))
    }

    @Test("A cache that cannot be reached is a warning")
    func unreachable() async throws {
        let builder = try Builder()
        let port = try DeadPort.next()
        let cache = "127.0.0.1:\(port)/team/cache"
        let result = try builder.run(["--cache-from", cache, "--cache-to", cache])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.errorText.contains("warning: not using the shared cache"), "\(result.errorText)")
        #expect(result.errorText.contains("warning: could not upload outputs"), "\(result.errorText)")
        #expect(try builder.digests().count == 5)
    }

    @Test("Builds that cannot be shared are refused before any work")
    func refused() throws {
        let builder = try Builder()
        for arguments in [
            ["--sbom-current-time"], ["--offline"], ["--input-tar", "x.tar"],
        ] {
            let result = try builder.run(["--cache-from", "localhost:1/a"] + arguments)
            #expect(result.status == 64, "\(result.errorText)")
            #expect(result.errorText.contains("--cache-from cannot be used with \(arguments[0])"))
        }
        let tagged = try builder.run(["--cache-to", "localhost:1/a:tag"])
        #expect(tagged.status == 64 && tagged.errorText.contains("repository without a tag"))
    }
}

@Suite(
    "Under a policy an entry must be signed", .enabled(if: DockerRegistry.isAvailable && Skopeo.isAvailable))
struct SignedEntryTests {
    @Test("An unsigned entry is not used, a signed one is, one that no rule allows is not")
    func signed() async throws {
        let registry = try await DockerRegistry()
        let repository = "\(registry.name)/team/cache"
        let signer = try CosignSigner()
        let builder = try Builder()
        #expect(try builder.run(["--cache-to", repository]).status == 0)
        let expected = try builder.digests()

        func run(_ rules: [String]) throws -> String {
            try builder.directory.write(
                "policy.json",
                #"{"version": 1, "keys": {"team": "\#(signer.publicKeyPath)"}, "rules": ["#
                    + rules.joined(separator: ",") + "]}")
            let result = try builder.run(
                ["--image-policy", "policy.json", "--cache-from", repository], name: "again")
            #expect(result.status == 0, "\(result.errorText)")
            #expect(try builder.digests("again") == expected)
            return result.errorText
        }
        let accepting = #"{"name": "images", "images": ["docker.io/*"], "action": "accept"}"#
        let signing =
            #"{"name": "ours", "images": ["\#(repository)"], "action": "signed", "keys": ["team"]}"#
        #expect(try run([accepting, signing]).contains("not signed"))

        let tags = try Tool.run(
            "skopeo", ["list-tags", "--tls-verify=false", "docker://\(repository)"]
        ).outputText
        let tag = try #require(
            tags.split(separator: "\"").first { $0.hasPrefix("build-") }.map(String.init))
        let client = try RegistryClient(RegistrySettings())
        let entry = try #require(
            try await client.descriptor(of: try ImageReference("\(repository):\(tag)")))
        try await signer.tagged(entry.digest, in: repository).push(with: client)
        await client.close()
        #expect(try run([accepting, signing]).contains("from the shared cache"))
        // No rule is for it: refused, like an image.
        let unused =
            #"{"name": "ours", "images": ["example.org/*"], "action": "signed", "keys": ["team"]}"#
        #expect(try !run([accepting, unused]).contains("from the shared cache"))
        try await registry.stop()
    }
}

@Suite("Entries that are not what they should be are never used", .enabled(if: DockerRegistry.isAvailable))
struct TamperedEntryTests {
    @Test("Each blob of an entry, changed, cut and removed: noticed, and built anew with equal digests")
    func blobs() async throws {
        let registry = try await DockerRegistry()
        let cache = "\(registry.name)/team/cache"
        let builder = try Builder()
        #expect(try builder.run(["--cache-to", cache]).status == 0)
        let expected = try builder.digests()
        let blobs = try Tool.run("find", ["\(registry.storage)/blobs", "-name", "data"]).outputText
            .split(separator: "\n").map(String.init)
        #expect(blobs.count == 7, "a manifest, a document and five files")
        for blob in blobs {
            let right = try Data(contentsOf: URL(fileURLWithPath: blob))
            var changed = right
            changed[changed.count / 2] ^= 1
            for wrong in [changed, right.dropLast(), nil] {
                try FileManager.default.removeItem(atPath: blob)
                try wrong?.write(to: URL(fileURLWithPath: blob))
                let result = try builder.run(["--cache-from", cache], name: "again")
                #expect(result.status == 0, "\(result.errorText)")
                #expect(!result.errorText.contains("from the shared cache"), "\(blob)")
                #expect(try builder.digests("again") == expected)
                for file in try builder.directory.list() where file.hasPrefix("again") {
                    try Directory.remove("\(builder.directory.path)/\(file)")
                }
                #expect(try builder.directory.list().filter { $0.hasPrefix(".") } == [])
                try right.write(to: URL(fileURLWithPath: blob))
            }
        }
        let result = try builder.run(["--cache-from", cache], name: "again")
        #expect(result.errorText.contains("from the shared cache"), "\(result.errorText)")
    }

    @Test("Sharing hides no error of the build")
    func missingSource() async throws {
        let registry = try await DockerRegistry()
        let builder = try Builder()
        try builder.directory.write(
            "kit.yml", SampleKit.yaml.replacingOccurrences(of: "~/greeting", with: "gone"))
        let plain = try builder.run([])
        let shared = try builder.run(["--cache-to", "\(registry.name)/team/cache"])
        #expect(plain.status == 66 && plain.errorText.contains("files["), "\(plain.errorText)")
        #expect(shared.status == plain.status)
        #expect(shared.errorText == plain.errorText)
    }
}
