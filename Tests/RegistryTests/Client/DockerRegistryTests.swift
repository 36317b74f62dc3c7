import Bytes
import Digests
import Host
import NetworkSupport
import OCI
import Registry
import Testing
import TestSupport

/// Against Debian's `docker-registry`.
@Suite(.enabled(if: DockerRegistry.isAvailable)) struct DockerRegistryClientTests {
    @Test func whatIsPushedIsPulled() async throws {
        let registry = try await DockerRegistry()
        let reference = try ImageReference("\(registry.name)/team/app:1.0")
        let image = SampleImage()
        try await withClient { (client) async throws in
            #expect(try await client.descriptor(of: reference) == nil)
            #expect(try await client.hasBlob(image.layerDescriptor.digest, in: reference) == false)
            let pushed = try await image.push(as: reference, with: client)
            #expect(try await client.descriptor(of: reference) == pushed)
            let pulled = try await client.manifest(reference)
            #expect(pulled.descriptor == pushed)
            #expect(pulled.bytes == image.manifest)
            #expect(try await client.manifest(reference.at(pushed.digest)).bytes == image.manifest)
            let receiver = MemoryReceiver()
            try await client.download(image.layerDescriptor, from: reference, into: receiver)
            #expect(receiver.bytes == image.layer)
            #expect(try await client.tags(of: reference) == ["1.0"])
        }
        withExtendedLifetime(registry) {}
    }

    @Test func withTLSAndALogin() async throws {
        var options = DockerRegistry.Options()
        options.isSecure = true
        options.login = ("tester", "correct horse")
        let registry = try await DockerRegistry(options)
        let certificate = try #require(registry.certificate)
        let reference = try ImageReference("\(registry.name)/team/app:1.0")
        let image = SampleImage()
        let settings = RegistrySettings(
            credentials: FixedLogin(), certificateFiles: [certificate.authorityFile], retries: hastyRetries)
        try await withClient(settings) { (client) async throws in
            let pushed = try await image.push(as: reference, with: client)
            #expect(try await client.manifest(reference).descriptor == pushed)
        }
        // Nobody who says who he is not.
        let anonymous = RegistrySettings(
            certificateFiles: [certificate.authorityFile], retries: hastyRetries)
        try await withClient(anonymous) { (client) async throws in
            let error = await #expect(throws: RegistryError.self) { try await client.manifest(reference) }
            guard case .denied(401, false, _) = error?.problem else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.description.contains("docker login \(registry.name)") == true)
        }
        // A server whose certificate nobody vouches for is not spoken to.
        try await withClient { (client) async throws in
            let error = await #expect(throws: RegistryError.self) { try await client.manifest(reference) }
            guard case .untrusted = error?.problem else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.description.contains("--cert-file") == true)
        }
        withExtendedLifetime(registry) {}
    }

    @Test func blobsGoUpInPieces() async throws {
        let registry = try await DockerRegistry()
        let reference = try ImageReference("\(registry.name)/large:1")
        let bytes = sampleBytes(40 << 20)
        let blob = Descriptor(
            mediaType: .layer, digest: SHA256Digest(hashing: bytes), size: UInt64(bytes.count))
        try await withClient { (client) async throws in
            let access = ByteArrayAccess(bytes)
            #expect(
                try await client.upload(blob, contents: access, to: reference, mountableFrom: []) == .uploaded
            )
            #expect(
                try await client.upload(blob, contents: access, to: reference, mountableFrom: []) == .existed)
            let other = try ImageReference("\(registry.name)/other:1")
            #expect(
                try await client.upload(blob, contents: access, to: other, mountableFrom: [reference])
                    == .mounted)
            let receiver = MemoryReceiver(Array(bytes.prefix(12_345_678)))
            try await client.download(blob, from: other, into: receiver)
            #expect(receiver.bytes == bytes)
            #expect(receiver.restarts == 0)
        }
        withExtendedLifetime(registry) {}
    }

    @Test func referrersAreKeptUnderTheFallbackTag() async throws {
        let registry = try await DockerRegistry()
        let reference = try ImageReference("\(registry.name)/signed:1")
        try await withClient { (client) async throws in
            let image = SampleImage()
            let pushed = try await image.push(as: reference, with: client)
            #expect(try await client.referrers(of: pushed.digest, in: reference, artifactType: nil).isEmpty)
            var all: Set<SHA256Digest> = []
            for kind in ["application/a", "application/b"] {
                let manifest = Array(
                    #"""
                    {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
                    "artifactType":"\#(kind)","config":{"mediaType":"application/vnd.oci.image.config.v1+json",
                    "digest":"\#(image.configurationDescriptor.digest.oci)",
                    "size":\#(image.configuration.count)},"layers":[],
                    "subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json",
                    "digest":"\#(pushed.digest.oci)","size":\#(pushed.size)},"annotations":{"of":"\#(kind)"}}
                    """#.utf8)
                let digest = SHA256Digest(hashing: manifest)
                _ = try await client.putManifest(
                    manifest, mediaType: .imageManifest, as: reference.at(digest))
                all.insert(digest)
            }
            let found = try await client.referrers(of: pushed.digest, in: reference, artifactType: nil)
            #expect(Set(found.map(\.digest)) == all)
            let one = try await client.referrers(
                of: pushed.digest, in: reference, artifactType: "application/b")
            #expect(one.map(\.artifactType) == ["application/b"])
            #expect(one.first?.annotations == ["of": "application/b"])
        }
        withExtendedLifetime(registry) {}
    }
}
