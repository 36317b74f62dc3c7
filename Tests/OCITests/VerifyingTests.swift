import Bytes
import Digests
import JSON
import OCI
import TestSupport
import Testing

@Suite struct VerifyingTests {
    private let builder: LayoutBuilder
    private var layout: ImageLayout { builder.layout }

    init() throws { builder = try LayoutBuilder() }

    private func damages() async throws -> [LayoutReport.Damage] {
        try await layout.verifyAll(jobs: 2).damages
    }

    @Test(
        "LinuxKit's caches are sound", .enabled(if: Conformance.isPresent),
        arguments: ["layout", "edge/layout"])
    func conformance(directory: String) async throws {
        let layout = try ImageLayout(opening: "\(Conformance.directory)/\(directory)")
        let report = try await layout.verifyAll(jobs: 2)
        #expect(report.isSound, "\(report.damages)")
        #expect(report.layers > 10 && report.names > 10)
    }

    @Test("Every byte of every blob counts")
    func everyBlob() async throws {
        try builder.image("a:1", layers: [[.file("a", "contents")], [.file("b")]])
        let manifest = try builder.manifest([])
        let proof = try builder.attestation(["spdxVersion": "SPDX-2.3"], of: manifest)
        try builder.index("b:1", [manifest, proof])
        _ = try layout.addBlob([1, 2, 3], mediaType: .layer)
        #expect(try await damages().isEmpty)
        for name in try builder.directory.list("layout/blobs/sha256") {
            let path = "layout/blobs/sha256/\(name)"
            let right = try builder.directory.read(path)
            var wrong = right
            wrong[wrong.count / 2] ^= 0x10
            try builder.directory.write(path, wrong)
            let found = try await damages()
            #expect(found.contains { $0.digest?.hex == name }, "\(name): \(found)")
            try builder.directory.write(path, right)
        }
        #expect(try await damages().isEmpty)
    }

    @Test("A missing blob is told with the images that need it")
    func missing() async throws {
        let layer = try builder.layer(TestTar.archive([.file("a")]))
        for name in ["a:1", "b:1"] { try builder.index(name, [try builder.manifest([layer])]) }
        try remove(layer.descriptor.digest)
        let found = try await damages()
        #expect(found.map(\.digest) == [layer.descriptor.digest])
        #expect(found.map(\.reason) == ["it is missing"])
        #expect(found.map(\.isInherent) == [false])
        #expect(found.first?.images == ["docker.io/library/a:1", "docker.io/library/b:1"])
    }

    @Test("An image that is there for some platforms is no damage; one that is there for none is")
    func partial() async throws {
        let one = try builder.manifest([])
        let two = try builder.manifest([], platform: Platform(architecture: "arm64"))
        try builder.index("multi:1", [one, two])
        try remove(two.digest)
        let report = try await layout.verifyAll(jobs: 1)
        #expect(report.isSound)
        #expect(report.partial == ["docker.io/library/multi:1": ["linux/arm64"]])
        try remove(one.digest)
        #expect(try await damages().count == 1)
    }

    @Test("A layer that is not what the configuration says, though its blob is what its name says")
    func diffID() async throws {
        var layer = try builder.layer(TestTar.archive([.file("a")]))
        layer = ImageLayer(descriptor: layer.descriptor, diffID: SHA256Digest(hashing: "other"))
        try builder.index("a:1", [try builder.manifest([layer])])
        let found = try await damages()
        #expect(found.count == 1 && found[0].reason.contains("a configuration says"), "\(found)")
        #expect(found.map(\.isInherent) == [true], "to fetch it again does not help")
    }

    @Test(
        "A configuration with its diff IDs in the wrong order is to blame, and not images with the same layers"
    )
    func wrongOrder() async throws {
        let layers = try ["a", "b"].map { try builder.layer(TestTar.archive([.file(ByteString($0))])) }
        let swapped = [
            ImageLayer(descriptor: layers[0].descriptor, diffID: layers[1].diffID),
            ImageLayer(descriptor: layers[1].descriptor, diffID: layers[0].diffID),
        ]
        try builder.index("sound:1", [try builder.manifest(layers)])
        let wrong = try builder.manifest(swapped)
        try builder.index("wrong:1", [wrong])
        let image = try layout.image(try ImageReference("wrong:1"), platform: Platform(architecture: "amd64"))
        let found = try await damages()
        #expect(found.map(\.digest) == [image.manifest.configuration.digest])
        #expect(found.map(\.images) == [["docker.io/library/wrong:1"]])
        #expect(found.first?.reason.contains("in another order") == true, "\(found)")
        #expect(found.map(\.isInherent) == [true])
    }

    @Test("A manifest with its layers in the wrong order is to blame if another has them right")
    func wrongManifest() async throws {
        let layers = try ["a", "b"].map { try builder.layer(TestTar.archive([.file(ByteString($0))])) }
        let right = try builder.manifest(layers)
        try builder.index("sound:1", [right])
        let image = try layout.image(try ImageReference("sound:1"), platform: Platform(architecture: "amd64"))
        let wrong = try layout.addManifest(
            ImageManifest(
                configuration: image.manifest.configuration, layers: image.manifest.layers.reversed()))
        try layout.tag(try ImageReference("wrong:1"), wrong)
        let found = try await damages()
        #expect(found.map(\.digest) == [wrong.digest])
        #expect(found.map(\.images) == [["docker.io/library/wrong:1"]])
    }

    @Test("A wrong size or type is the fault of the document that says it")
    func lies() async throws {
        let layer = try builder.layer(TestTar.archive([.file("a")]))
        let right = try builder.manifest([layer])
        try builder.index("sound:1", [right])
        var short = layer.descriptor
        short.size -= 1
        let wrong = try builder.manifest([ImageLayer(descriptor: short, diffID: layer.diffID)])
        try layout.tag(try ImageReference("size:1"), wrong)
        let root = try layout.descriptor(of: try ImageReference("sound:1"))
        let called = Descriptor(mediaType: .imageManifest, digest: root.digest, size: root.size)
        try layout.tag(try ImageReference("type:1"), called)
        let found = try await damages()
        #expect(found.count == 2, "\(found)")
        let size = found.first { $0.digest == wrong.digest }
        #expect(size?.images == ["docker.io/library/size:1"])
        #expect(size?.reason.contains(layer.descriptor.digest.oci) == true)
        let type = found.first { $0.digest == nil }
        #expect(type?.images == ["docker.io/library/type:1"])
        #expect(type?.reason.contains("but it is an index") == true, "\(found)")
    }

    @Test("Repairing removes damaged blobs and no others")
    func repair() async throws {
        try builder.image("a:1", layers: [[.file("a")]])
        let names = try builder.directory.list("layout/blobs/sha256")
        try builder.directory.write("layout/blobs/sha256/\(names[1])", "wrong")
        let digests = names.compactMap { SHA256Digest(hex: $0) }
        #expect(try layout.removeDamaged(digests) == [digests[1]])
        #expect(try builder.directory.list("layout/blobs/sha256") == [names[0], names[2], names[3]])
    }

    private func remove(_ digest: SHA256Digest) throws {
        try Tool.run("rm", [layout.blobPath(digest)])
    }
}
