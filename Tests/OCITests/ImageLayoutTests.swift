import Bytes
import Digests
import JSON
import OCI
import TestSupport
import Testing

@Suite struct ImageLayoutTests {
    private let amd64 = Platform(architecture: "amd64")
    private let arm64 = Platform(architecture: "arm64")

    @Test("An image is found under the name that the YAML has, with and without latest")
    func names() throws {
        let builder = try LayoutBuilder()
        let plain = try builder.image("busybox", layers: [[.file("plain")]])
        let latest = try builder.image("busybox:latest", layers: [[.file("latest")]])
        let other = try builder.image("other:latest", layers: [[.file("other")]])
        let layout = builder.layout
        #expect(try layout.descriptor(of: ImageReference("busybox")).digest == plain.digest)
        #expect(try layout.descriptor(of: ImageReference("busybox:latest")).digest == latest.digest)
        #expect(try layout.descriptor(of: ImageReference("other")).digest == other.digest)
        #expect(throws: ImageError.self) { try layout.descriptor(of: ImageReference("other:1")) }
    }

    @Test("A name moves to what was tagged last; other entries of index.json stay as they are")
    func retagging() throws {
        let builder = try LayoutBuilder()
        try builder.image("a:1", layers: [[.file("old")]])
        let text = try String(decoding: builder.directory.read("layout/index.json"), as: UTF8.self)
        let marked = text.split(separator: "\n").map(String.init).map {
            $0.contains("\"size\"") ? $0 + "\n         \"x-foreign\": [1.50]," : $0
        }
        try builder.directory.write("layout/index.json", marked.joined(separator: "\n"))
        let new = try builder.image("b:1", layers: [[.file("new")]])
        try builder.layout.tag(ImageReference("c:1"), new)
        try builder.layout.tag(ImageReference("c:1"), new)
        #expect(
            try builder.layout.images().map(\.name) == [
                "docker.io/library/a:1", "docker.io/library/b:1", "docker.io/library/c:1",
            ])
        let result = try String(decoding: builder.directory.read("layout/index.json"), as: UTF8.self)
        #expect(result.contains("\"x-foreign\": [\n            1.50\n         ]"), "\(result)")
        #expect(try builder.layout.untag(ImageReference("a:1")))
        #expect(try !builder.layout.untag(ImageReference("a:1")))
        #expect(try builder.layout.images().count == 2)
    }

    @Test(
        "Writers for different platforms at the same time keep each other's manifests in the index of a name")
    func concurrentPlatforms() async throws {
        let builder = try LayoutBuilder()
        let layout = builder.layout
        let reference = try ImageReference("many:1")
        let layer = try builder.layer(TestTar.archive([.file("f")]))
        let names = (10..<34).map { "a\($0)" }
        let manifests = try names.map {
            try builder.manifest([layer], platform: Platform(architecture: $0))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for manifest in manifests {
                group.addTask { _ = try layout.updateIndex(of: reference) { $0 + [manifest] } }
            }
            try await group.waitForAll()
        }
        #expect(try layout.platforms(of: reference).map(\.architecture).sorted() == names)
        #expect(try layout.images().count == 1)
    }

    @Test("The manifest for the platform is chosen, through nested indexes, attestations passed over")
    func platforms() throws {
        let builder = try LayoutBuilder()
        let one = try builder.manifest([try builder.layer(TestTar.archive([.file("one")]))])
        let two = try builder.manifest(
            [try builder.layer(TestTar.archive([.file("two")]))],
            platform: Platform(architecture: "arm64", variant: "v8"))
        var proof = try builder.manifest([], platform: Platform(os: "unknown", architecture: "unknown"))
        proof.annotations = ["vnd.docker.reference.type": "attestation-manifest"]
        let inner = try builder.layout.addIndex(ImageIndex(manifests: [two, proof]))
        try builder.index("multi", [one, inner])
        let reference = try ImageReference("multi")
        #expect(try builder.layout.image(reference, platform: amd64).descriptor.digest == one.digest)
        #expect(try builder.layout.image(reference, platform: arm64).descriptor.digest == two.digest)
        #expect(
            try builder.layout.platforms(of: reference) == [
                amd64, Platform(architecture: "arm64", variant: "v8"),
            ])
        let error = #expect(throws: ImageError.self) {
            try builder.layout.image(reference, platform: Platform(architecture: "riscv64"))
        }
        #expect(
            error?.description
                == "image docker.io/library/multi: no image for linux/riscv64. Available: linux/amd64, linux/arm64/v8."
        )
    }

    @Test("A manifest named directly is the image, for its own platform only")
    func directManifest() throws {
        let builder = try LayoutBuilder()
        var manifest = try builder.manifest([try builder.layer(TestTar.archive([.file("f")]))])
        manifest.platform = nil
        try builder.layout.tag(ImageReference("direct:1"), manifest)
        #expect(try builder.layout.image(ImageReference("direct:1"), platform: amd64).layers.count == 1)
        #expect(throws: ImageError.self) {
            try builder.layout.image(ImageReference("direct:1"), platform: arm64)
        }
    }

    @Test("A digest finds an image that no name leads to")
    func byDigest() throws {
        let builder = try LayoutBuilder()
        let manifest = try builder.manifest([])
        let index = try builder.layout.addIndex(ImageIndex(manifests: [manifest]))
        for digest in [manifest.digest, index.digest] {
            let reference = try ImageReference("any:thing@\(digest.oci)")
            #expect(try builder.layout.image(reference, platform: amd64).descriptor.digest == manifest.digest)
        }
    }

    @Test("A missing image is told with what is there, the nearest names first")
    func missing() throws {
        let builder = try LayoutBuilder()
        for name in ["nginx:1", "linuxkit/init:a", "redis:4.0", "linuxkit/runc:b"] {
            try builder.image(name, layers: [])
        }
        let error = #expect(throws: ImageError.self) {
            try builder.layout.image(ImageReference("linuxkit/init:zzzzzzzzzzzzzzzz"), platform: amd64)
        }
        guard case .notFound(let path, let available) = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path == builder.path)
        #expect(available.first == "docker.io/linuxkit/init:a")
        #expect(available.count == 4)
    }

    @Test("A layout in which an image is there in part still gives the other platforms")
    func partial() throws {
        let builder = try LayoutBuilder()
        let one = try builder.manifest([])
        let absent = Descriptor(
            mediaType: .imageManifest, digest: SHA256Digest(hashing: "absent"), size: 10, platform: arm64)
        try builder.index("part", [absent, one])
        let reference = try ImageReference("part")
        #expect(try builder.layout.image(reference, platform: amd64).descriptor.digest == one.digest)
        let error = #expect(throws: ImageError.self) {
            try builder.layout.image(reference, platform: arm64)
        }
        #expect(error?.description.contains(absent.digest.oci) == true)
    }

    @Test("A document whose bytes are not those of its digest is refused", arguments: [true, false])
    func damaged(sameSize: Bool) throws {
        let builder = try LayoutBuilder()
        let root = try builder.image("a", layers: [])
        let name = "layout/blobs/sha256/\(root.digest.hex)"
        var bytes = try builder.directory.read(name)
        if sameSize { bytes[bytes.count - 1] ^= 1 } else { bytes.append(0x20) }
        try builder.directory.write(name, bytes)
        let error = #expect(throws: ImageError.self) {
            try builder.layout.image(ImageReference("a"), platform: amd64)
        }
        guard case .wrongBlob(root.digest, let path, _) = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path == builder.layout.blobPath(root.digest))
    }

    @Test("What is no layout is said to be none")
    func noLayout() throws {
        let directory = try TemporaryDirectory()
        for (name, text) in [("a/oci-layout", "{}"), ("b/oci-layout", #"{"imageLayoutVersion": "2.0.0"}"#)] {
            try directory.write(name, text)
        }
        for name in ["a", "b", "c"] {
            #expect(throws: ImageError.self) { try ImageLayout(opening: "\(directory.path)/\(name)") }
        }
    }

    @Test("Many writers at once lose no name")
    func concurrency() async throws {
        let builder = try LayoutBuilder()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<24 {
                group.addTask { try builder.image("n\(number)", layers: [[.file("f")]]) }
            }
            try await group.waitForAll()
        }
        #expect(try builder.layout.images().count == 24)
        #expect(try builder.directory.list("layout").contains("index.json"))
        #expect(try builder.directory.list("layout/blobs/sha256").allSatisfy { $0.count == 64 })
    }

    @Test("Statements that BuildKit attached are found by the manifest they speak of")
    func attestations() throws {
        let builder = try LayoutBuilder()
        let image = try builder.manifest([])
        let statement = try builder.layout.addBlob(Array("{}".utf8), mediaType: .inTotoStatement)
        var spdx = statement
        spdx.annotations = [AnnotationKey.inTotoPredicateType: "https://spdx.dev/Document"]
        var provenance = statement
        provenance.annotations = [AnnotationKey.inTotoPredicateType: "https://slsa.dev/provenance/v0.2"]
        let config = try builder.layout.addBlob(Array("{}".utf8), mediaType: .imageConfiguration)
        var proof = try builder.layout.addManifest(
            ImageManifest(configuration: config, layers: [provenance, spdx]))
        proof.platform = Platform(os: "unknown", architecture: "unknown")
        proof.annotations = [
            AnnotationKey.dockerReferenceType: "attestation-manifest",
            AnnotationKey.dockerReferenceDigest: image.digest.oci,
        ]
        try builder.index("proved", [image, proof])
        let found = try builder.layout.image(ImageReference("proved"), platform: amd64)
        #expect(try builder.layout.spdxStatements(of: found) == [spdx])
    }

    @Test(
        "SPDX 2 is merged with and without a version in the predicate's type; other bills of materials are named",
        arguments: [
            ("https://spdx.dev/Document", true), ("https://spdx.dev/Document/v2.3", true),
            ("https://spdx.dev/Document/v2.2", true), ("https://spdx.dev/Document@2.3", true),
            ("https://spdx.dev/Document/v3.0", false), ("https://cyclonedx.org/bom", false),
            ("https://cyclonedx.org/bom/v1.5", false), ("https://syft.dev/bom", false),
            ("https://slsa.dev/provenance/v1", nil), ("https://in-toto.io/attestation/vulns", nil),
        ], [true, false])
    func predicates(predicate: (type: String, isMerged: Bool?), isAnnotated: Bool) throws {
        let (type, isMerged) = predicate
        let builder = try LayoutBuilder()
        let image = try builder.manifest([])
        var statement = try builder.document(
            ["_type": "https://in-toto.io/Statement/v1", "predicateType": .text(type)], .inTotoStatement)
        if isAnnotated { statement.annotations = [AnnotationKey.inTotoPredicateType: type] }
        let config = try builder.layout.addBlob(Array("{}".utf8), mediaType: .imageConfiguration)
        var proof = try builder.layout.addManifest(
            ImageManifest(configuration: config, layers: [statement]))
        proof.annotations = [
            AnnotationKey.dockerReferenceType: "attestation-manifest",
            AnnotationKey.dockerReferenceDigest: image.digest.oci,
        ]
        try builder.index("proved", [image, proof])
        let found = try builder.layout.image(ImageReference("proved"), platform: amd64)
        #expect(try builder.layout.spdxStatements(of: found) == (isMerged == true ? [statement] : []))
        #expect(try builder.layout.otherBills(of: found) == (isMerged == false ? [type] : []))
    }

    @Test("An artifact beside an image does not get in its way; alone it is called what it is")
    func artifacts() throws {
        let builder = try LayoutBuilder()
        let image = try builder.manifest([])
        let config = try builder.layout.addBlob(
            Array("{}".utf8), mediaType: MediaType(rawValue: "application/vnd.cncf.helm.config.v1+json"))
        let chart = try builder.layout.addManifest(ImageManifest(configuration: config, layers: []))
        try builder.index("both:1", [chart, image])
        #expect(
            try builder.layout.image(ImageReference("both:1"), platform: amd64).descriptor.digest
                == image.digest)
        try builder.layout.tag(try ImageReference("chart:1"), chart)
        let error = #expect(throws: ImageError.self) {
            try builder.layout.image(ImageReference("chart:1"), platform: amd64)
        }
        #expect(error?.description.contains("artifact") == true, "\(String(describing: error))")
    }
}
