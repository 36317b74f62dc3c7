import Bytes
import Digests
import Foundation
import Host
import JSON
import NetworkSupport
import OCI
import Registry
import TestSupport
import Testing

@Suite("Outputs are published as artifacts and got again", .enabled(if: DockerRegistry.isAvailable))
struct OutputArtifactTests {
    @Test("Files and bill of materials come back as they were; the same files have the same digest")
    func roundTrip() async throws {
        let registry = try await DockerRegistry()
        let workshop = try Workshop()
        #expect(try workshop.build(["-q", "-f", "tar,kernel+initrd", "good.yml"]).status == 0)
        func run(_ arguments: String...) throws -> Command.Result {
            try Executable.run(arguments, in: workshop.path)
        }
        let name = "\(registry.name)/team/demo:1"
        let pushed = try run("push", "oci", "--json", name, "good.tar", "good-initrd.img")
        #expect(pushed.status == 0, "\(pushed.errorText)")
        let value = try JSONValue(parsing: pushed.output)
        let reference = try #require(value["reference"]?.string)
        #expect(value["sbom"]?.string?.hasPrefix("sha256:") == true)
        let again = try run("push", "oci", "-q", "--json", name, "good-initrd.img", "good.tar")
        #expect(try JSONValue(parsing: again.output) == value)

        let pulled = try run("pull", "oci", "--dir", "out", "--sbom", reference)
        #expect(pulled.status == 0, "\(pulled.errorText)")
        #expect(try workshop.directory?.list("out") == ["good-initrd.img", "good.tar", "sbom.spdx.json"])
        for file in ["good.tar", "good-initrd.img"] {
            #expect(try workshop.directory?.read("out/\(file)") == workshop.directory?.read(file))
        }
        let inside = try Tool.run("bsdtar", ["-xOf", "good.tar", "sbom.spdx.json"], in: workshop.path).output
        #expect(try workshop.directory?.read("out/sbom.spdx.json") == inside)

        let refused = try run("pull", "oci", "--dir", "out", reference)
        #expect(refused.status == 65 && refused.errorText.contains("--force"), "\(refused.errorText)")
        #expect(try run("pull", "oci", "--dir", "out", "--force", reference).status == 0)
    }

    @Test("The bill of materials is found in each kind of output alone, and it is said if there is none")
    func finding() async throws {
        let registry = try await DockerRegistry()
        let workshop = try Workshop()
        try workshop.write(
            "good.yml",
            "kernel:\n  image: sample/thing:1\n  binary: bin/sh\n  tar: none\ninit:\n  - sample/thing:1\n")
        let formats = "tar,kernel+initrd,kernel+squashfs,kernel+erofs,kernel+iso"
        let built = try workshop.build(["-q", "-f", formats, "good.yml"])
        #expect(built.status == 0, "\(built.errorText)")
        try workshop.write("plain", "nothing in it\n")
        func push(_ arguments: [String]) throws -> Command.Result {
            try Executable.run(["push", "oci", "--json"] + arguments, in: workshop.path)
        }
        let inside = try Tool.run("bsdtar", ["-xOf", "good.tar", "sbom.spdx.json"], in: workshop.path).output
        for file in ["good-initrd.img", "good-squashfs.img", "good-erofs.img", "good.iso"] {
            let name = "\(registry.name)/\(file.dropLast(4)):1"
            let found = try push([name, file])
            #expect(
                try JSONValue(parsing: found.output)["sbom"]?.string != nil, "\(file): \(found.errorText)")
            let pulled = try Executable.run(
                ["pull", "oci", "--dir", "of-\(file)", "--sbom", name], in: workshop.path)
            #expect(pulled.status == 0, "\(pulled.errorText)")
            #expect(try workshop.directory?.read("of-\(file)/sbom.spdx.json") == inside, "\(file)")
        }
        let none = try push(["\(registry.name)/a", "plain"])
        #expect(none.status == 0 && none.errorText.contains("no bill of materials"), "\(none.errorText)")
        #expect(try JSONValue(parsing: none.output)["sbom"] == .null)
        let wrong = try push(["--sbom", "plain", "\(registry.name)/a", "plain"])
        #expect(wrong.status == 65 && wrong.errorText.contains("SPDX"), "\(wrong.errorText)")
    }

    @Test("LinuxKit's other ways to push are refused with advice")
    func elsewhere() throws {
        let workshop = try Workshop()
        let result = try Executable.run(["push", "aws", "good.raw"], in: workshop.path)
        #expect(result.status == 69 && result.errorText.contains("push oci"), "\(result.errorText)")
    }

    @Test(
        "Under a policy the bill of materials must be signed like what it speaks of; of several none is chosen"
    )
    func signedSBOM() async throws {
        let registry = try await DockerRegistry()
        let directory = try TemporaryDirectory()
        let signer = try CosignSigner()
        let repository = "\(registry.name)/team/app"
        try directory.write("output", "an output\n")
        for name in ["right", "forged", "other"] {
            try directory.write("\(name).json", #"{"spdxVersion":"SPDX-2.3","name":"\#(name)"}"#)
        }
        func push(_ sbom: String, _ tag: String) throws -> JSONValue {
            let result = try Executable.run(
                ["push", "oci", "--json", "--sbom", sbom, "\(repository):\(tag)", "output"],
                in: directory.path)
            #expect(result.status == 0, "\(result.errorText)")
            return try JSONValue(parsing: result.output)
        }
        func pull(_ more: String...) throws -> Command.Result {
            try Executable.run(
                ["pull", "oci", "--force", "--dir", "out", "--sbom", "\(repository):1"] + more,
                in: directory.path)
        }
        let client = try RegistryClient(RegistrySettings())
        func sign(_ digest: String?) async throws {
            let digest = try #require(digest.flatMap { SHA256Digest(oci: $0) })
            try await signer.tagged(digest, in: repository).push(with: client)
        }
        let right = try push("right.json", "1")
        try await sign(right["digest"]?.string)
        let policy = ["--verify-images", signer.publicKeyPath]
        let unsigned = try pull(policy[0], policy[1])
        #expect(unsigned.status == 77, "\(unsigned.errorText)")
        #expect(try pull().status == 0)

        // Others may attach what they like to the same artifact.
        #expect(try push("forged.json", "2")["digest"] == right["digest"])
        _ = try push("other.json", "3")
        let several = try pull()
        #expect(several.status == 65 && several.errorText.contains("several"), "\(several.errorText)")
        #expect(try pull(policy[0], policy[1]).status == 77)
        try await sign(right["sbom"]?.string)
        let signed = try pull(policy[0], policy[1])
        #expect(signed.status == 0, "\(signed.errorText)")
        #expect(try directory.read("out/sbom.spdx.json") == directory.read("right.json"))
        await client.close()
        try await registry.stop()
    }

    @Test("An artifact as oras makes it is got; skopeo copies ours, and leaves what is attached behind")
    func others() async throws {
        let (first, second) = (try await DockerRegistry(), try await DockerRegistry())
        let directory = try TemporaryDirectory()
        func run(_ arguments: String...) throws -> Command.Result {
            try Executable.run(arguments, in: directory.path)
        }
        // OCI image specification, "Guidelines for Artifact Usage": an empty configuration, files with titles.
        let contents = Array("from somebody else\n".utf8)
        let blobs = [contents, Array("{}".utf8)].map { (bytes: $0, digest: SHA256Digest(hashing: $0).oci) }
        let manifest = #"""
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
            "artifactType":"application/vnd.acme.rocket",
            "config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"\#(blobs[1].digest)","size":2},
            "layers":[{"mediaType":"text/plain","digest":"\#(blobs[0].digest)","size":\#(contents.count),
            "annotations":{"org.opencontainers.image.title":"hello.txt"}}],
            "annotations":{"org.opencontainers.image.created":"2026-01-01T00:00:00Z"}}
            """#
        let client = try RegistryClient(RegistrySettings())
        let name = try ImageReference("\(first.name)/acme/rocket:1")
        for blob in blobs {
            let digest = try #require(SHA256Digest(oci: blob.digest))
            _ = try await client.upload(
                Descriptor(mediaType: .layer, digest: digest, size: UInt64(blob.bytes.count)),
                contents: ByteArrayAccess(blob.bytes), to: name, mountableFrom: [])
        }
        _ = try await client.putManifest(Array(manifest.utf8), mediaType: .imageManifest, as: name)
        await client.close()
        let foreign = try run("pull", "oci", "--dir", "foreign", "\(name)")
        #expect(foreign.status == 0, "\(foreign.errorText)")
        #expect(try directory.read("foreign/hello.txt") == contents)

        try directory.write("output", "an output\n")
        try directory.write("sbom.json", #"{"spdxVersion":"SPDX-2.3"}"#)
        let pushed = try run("push", "oci", "--sbom", "sbom.json", "\(first.name)/team/app:1", "output")
        #expect(pushed.status == 0, "\(pushed.errorText)")
        try Skopeo.copy("docker://\(first.name)/team/app:1", "docker://\(second.name)/copy:1")
        let copied = try run("pull", "oci", "--dir", "copied", "\(second.name)/copy:1")
        #expect(copied.status == 0, "\(copied.errorText)")
        #expect(try directory.read("copied/output") == directory.read("output"))
        let lost = try run("pull", "oci", "--dir", "lost", "--sbom", "\(second.name)/copy:1")
        #expect(lost.status == 65 && lost.errorText.contains("no bill of materials"), "\(lost.errorText)")
    }
}
