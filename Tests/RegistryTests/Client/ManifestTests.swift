import Digests
import NetworkSupport
import OCI
import Registry
import Testing

@Suite struct ManifestTests {
    @Test("A registry that does not know yet what was uploaded is asked again, and not for ever")
    func blobsNotKnownYet() async throws {
        let registry = try await TestRegistry()
        let reference = try registry.reference("a/b:1")
        let body = #"{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"blob unknown to registry"}]}"#
        let puts = RequestPattern(method: "PUT", path: "/manifests/")
        registry.inject(.answer(400, Array(body.utf8)), into: puts, times: 2)
        try await withClient { (client) async throws in
            let image = SampleImage()
            _ = try await image.push(as: reference, with: client)
            registry.inject(.answer(400, Array(body.utf8)), into: puts, times: 100)
            let found = await problem { _ = try await image.push(as: reference, with: client) }
            guard case .refused(status: 400, let message) = found else {
                Issue.record("\(String(describing: found))")
                return
            }
            #expect(message.contains("MANIFEST_BLOB_UNKNOWN"))
        }
        #expect(registry.requests(puts).count == 3 + hastyRetries.attempts)
        await registry.close()
    }

    @Test func whatIsDamagedOnTheWayIsAskedForAgain() async throws {
        let registry = try await TestRegistry()
        let image = SampleImage()
        let digest = registry.add(image, to: "a/b", tag: "1")
        let reference = try registry.reference("a/b:1")
        try await withClient { (client) async throws in
            registry.inject(.corrupt(at: 100), into: .manifests)
            #expect(try await client.manifest(reference).bytes == image.manifest)
            registry.inject(.close(after: 100), into: .manifests)
            #expect(try await client.manifest(reference).bytes == image.manifest)
            registry.inject(.corrupt(at: 100), into: .manifests, times: 100)
            for wanted in [reference, reference.at(digest)] {
                guard
                    case .wrongContent(digest, _, _)? = await problem({
                        _ = try await client.manifest(wanted)
                    })
                else {
                    Issue.record("\(wanted) was believed")
                    continue
                }
            }
        }
        await registry.close()
    }

    @Test func thereAreLimits() async throws {
        let registry = try await TestRegistry()
        registry.add(SampleImage(), to: "a/b", tag: "1")
        let reference = try registry.reference("a/b:1")
        registry.inject(.body([UInt8](repeating: 0x20, count: (4 << 20) + 1)), into: .manifests, times: 100)
        try await withClient { (client) async throws in
            guard case .protocolViolation? = await problem({ _ = try await client.manifest(reference) })
            else {
                Issue.record("it was read")
                return
            }
        }
        await registry.close()
    }

    @Test func whatIsNotThere() async throws {
        let registry = try await TestRegistry()
        let reference = try registry.reference("a/b:1")
        try await withClient { (client) async throws in
            #expect(try await client.descriptor(of: reference) == nil)
            #expect(
                await problem { _ = try await client.manifest(reference) } == .notFound("manifest not found"))
            #expect(
                await problem { _ = try await client.tags(of: reference) }
                    == .notFound("repository not found", message: "NAME_UNKNOWN"))
        }
        await registry.close()
        // Nobody listens any more.
        try await withClient { (client) async throws in
            guard case .unreachable? = await problem({ _ = try await client.manifest(reference) }) else {
                Issue.record("somebody answered")
                return
            }
        }
    }

    @Test func serversThatDoNotSayTheDigest() async throws {
        let registry = try await TestRegistry()
        let image = SampleImage()
        let digest = registry.add(image, to: "a/b", tag: "1")
        let reference = try registry.reference("a/b:1")
        registry.inject(.header("Docker-Content-Digest", nil), into: .all, times: 100)
        registry.inject(.status(405), into: .init(method: "HEAD"))
        try await withClient { (client) async throws in
            #expect(try await client.descriptor(of: reference)?.digest == digest)
            #expect(try await client.descriptor(of: reference)?.digest == digest)
            #expect(try await client.manifest(reference).descriptor.digest == digest)
        }
        await registry.close()
    }

    @Test func tagsComeInPages() async throws {
        var options = TestRegistry.Options()
        options.tagsPerPage = 3
        let registry = try await TestRegistry(options)
        let names = (0..<10).map { "v\($0)" }
        for name in names { registry.add(SampleImage(), to: "a/b", tag: name) }
        let reference = try registry.reference("a/b")
        try await withClient { (client) async throws in
            #expect(try await client.tags(of: reference).sorted() == names)
        }
        #expect(registry.requests(.init(path: "/tags/list")).count == 4)
        await registry.close()
    }

    private static func artifact(_ kind: String, of image: SampleImage, _ subject: SHA256Digest) -> [UInt8] {
        let text = #"""
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
            "artifactType":"\#(kind)","config":{"mediaType":"application/vnd.oci.empty.v1+json",
            "digest":"\#(image.configurationDescriptor.digest.oci)",
            "size":\#(image.configuration.count)},"layers":[],
            "subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json",
            "digest":"\#(subject.oci)","size":\#(image.manifest.count)}}
            """#
        return Array(text.utf8)
    }

    @Test(arguments: [true, false]) func referrers(_ hasAPI: Bool) async throws {
        var options = TestRegistry.Options()
        options.hasReferrers = hasAPI
        let registry = try await TestRegistry(options)
        let image = SampleImage()
        let digest = registry.add(image, to: "a/b", tag: "1")
        let reference = try registry.reference("a/b:1")
        try await withClient { (client) async throws in
            #expect(try await client.referrers(of: digest, in: reference, artifactType: nil).isEmpty)
            for kind in ["application/a", "application/b"] {
                let manifest = Self.artifact(kind, of: image, digest)
                _ = try await client.putManifest(
                    manifest, mediaType: .imageManifest, as: reference.at(SHA256Digest(hashing: manifest)))
            }
            #expect(try await client.referrers(of: digest, in: reference, artifactType: nil).count == 2)
            let one = try await client.referrers(
                of: digest, in: reference, artifactType: "application/b")
            #expect(one.map(\.artifactType) == ["application/b"])
        }
        let fallbackTag = "sha256-\(digest.hex)"
        #expect(registry.withContents { $0.repositories["a/b"]?.tags[fallbackTag] != nil } == !hasAPI)
        await registry.close()
    }

    @Test func overTLSWithoutSayingSo() async throws {
        var options = TestRegistry.Options()
        options.isSecure = true
        options.host = "localhost"
        let registry = try await TestRegistry(options)
        let image = SampleImage()
        registry.add(image, to: "a/b", tag: "1")
        let reference = try registry.reference("a/b:1")
        let authority = try #require(registry.certificate?.authorityFile)
        let settings = RegistrySettings(certificateFiles: [authority], retries: hastyRetries)
        try await withClient(settings) { (client) async throws in
            #expect(try await client.manifest(reference).bytes == image.manifest)
        }
        await registry.close()
        #expect(throws: RegistryError.self) {
            try RegistryClient(RegistrySettings(certificateFiles: ["/no/such/file"]))
        }
    }

    @Test("A list of referrers that breaks off is an error, not the end of the list")
    func aPageOfReferrersIsMissing() async throws {
        let registry = try await TestRegistry()
        let digest = registry.add(SampleImage(), to: "a/b", tag: "1")
        let reference = try registry.reference("a/b")
        let list = RequestPattern(path: "/referrers/")
        for fault: Fault in [.status(404), .status(405)] {
            registry.inject(
                .header("Link", "</v2/a/b/referrers/\(digest.oci)?page=2>; rel=\"next\""), into: list)
            registry.inject(fault, into: list)
            try await withClient { (client) async throws in
                #expect(
                    await problem {
                        _ = try await client.referrers(of: digest, in: reference, artifactType: nil)
                    } != nil, "\(fault)")
            }
        }
        await registry.close()
    }

    @Test("A registry that loses the list of referrers is told, and nothing counts as attached")
    func theListIsLost() async throws {
        var options = TestRegistry.Options()
        options.hasReferrers = false
        let registry = try await TestRegistry(options)
        let image = SampleImage()
        let subject = registry.add(image, to: "a/b", tag: "1")
        let tag = "sha256-\(subject.hex)"
        registry.inject(
            .redirect("/lost", status: 201), into: RequestPattern(method: "PUT", path: "/manifests/\(tag)"),
            times: 100)
        let reference = try registry.reference("a/b")
        let manifest = Self.artifact("application/a", of: image, subject)
        try await withClient { (client) async throws in
            let found = await problem {
                _ = try await client.putManifest(
                    manifest, mediaType: .imageManifest, as: reference.at(SHA256Digest(hashing: manifest)))
            }
            guard case .protocolViolation(let reason) = found else {
                Issue.record("\(String(describing: found))")
                return
            }
            #expect(reason.contains(tag) && reason.contains("push again"))
        }
        await registry.close()
    }
}
