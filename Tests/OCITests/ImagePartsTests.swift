import Bytes
import Digests
import JSON
import OCI
import TestSupport
import Testing

@Suite("Images of which something is missing") struct ImagePartsTests {
    private let source: LayoutBuilder
    private let target: LayoutBuilder
    private let linux: Descriptor
    private let amd64 = Platform(architecture: "amd64")

    init() throws {
        source = try LayoutBuilder()
        target = try LayoutBuilder()
        linux = try source.manifest([try source.layer(TestTar.archive([.file("a")]))])
    }

    private func imported() throws -> (images: [ImportedImage], lines: [String]) {
        var lines: [String] = []
        let images = try target.layout.importLayout(source.layout) { lines.append($0) }
        return (images, lines)
    }

    @Test("Layers that are not for distribution need not be there: import, lookup, verify, export")
    func foreign() async throws {
        try source.index("w:1", [try source.windowsManifest(), linux])
        let (images, lines) = try imported()
        #expect(images.map(\.name.description) == ["docker.io/library/w:1"])
        #expect(lines.count == 1 && lines[0].contains(LayoutBuilder.absentLayer), "\(lines)")
        #expect(lines[0].contains("windows/amd64") && lines[0].contains("not for distribution"))
        let name = try ImageReference("w:1")
        #expect(try target.layout.isComplete(name, platform: amd64))
        let report = try await target.layout.verifyAll(jobs: 1)
        #expect(report.isSound && report.partial.isEmpty, "\(report.damages)")
        #expect(report.remarks.count == 1 && report.remarks[0].contains(LayoutBuilder.absentLayer))
        var exported: [String] = []
        let archive = try target.layout.exportOCI(name, report: { exported.append($0) }, to: ByteArraySink())
        #expect(exported == lines)
        let again = try LayoutBuilder()
        _ = try again.layout.importArchive(from: ByteArraySource(archive.bytes), archive: "a.tar")
        #expect(try again.layout.images().map(\.descriptor) == target.layout.images().map(\.descriptor))
        let windows = try target.layout.image(name, platform: Platform(os: "windows", architecture: "amd64"))
        let store = LayerStore(layout: target.layout, directory: "\(target.directory.path)/derived")
        let error = #expect(throws: ImageError.self) { try store.entries(of: windows) }
        #expect(error?.description.contains("not for distribution") == true)
        #expect(error?.description.contains("http://127.0.0.1:1/layer") == true)
    }

    @Test("Of a sparse index what is there is taken, and the rest is named")
    func sparse() throws {
        let arm = try source.manifest(
            [try source.layer(TestTar.archive([.file("b")]))], platform: Platform(architecture: "arm64"))
        let layer = try source.layer(TestTar.archive([.file("c")]))
        let riscv = try source.manifest([layer], platform: Platform(architecture: "riscv64"))
        let inner = try source.layout.addIndex(ImageIndex(manifests: [arm]))
        try source.index("s:1", [inner, arm, riscv, linux])
        for digest in [inner.digest, arm.digest, layer.descriptor.digest] { try remove(digest) }
        let (images, lines) = try imported()
        #expect(images.count == 1)
        #expect(lines.contains { $0.contains("linux/arm64") && $0.contains("not present") }, "\(lines)")
        #expect(
            lines.contains {
                $0.contains("linux/riscv64 is incomplete") && $0.contains(layer.descriptor.digest.oci)
            }, "\(lines)")
        let name = try ImageReference("s:1")
        #expect(try target.layout.image(name, platform: amd64).descriptor.digest == linux.digest)
        let missing = #expect(throws: ImageError.self) {
            try target.layout.image(name, platform: Platform(architecture: "arm64"))
        }
        guard case .missingBlob? = missing?.problem else {
            Issue.record("\(String(describing: missing))")
            return
        }
        var exported: [String] = []
        _ = try target.layout.exportOCI(name, report: { exported.append($0) }, to: ByteArraySink())
        #expect(exported == lines)
        #expect(throws: ImageError.self) {
            try target.layout.exportOCI(
                name, platforms: [Platform(architecture: "riscv64")], to: ByteArraySink())
        }
    }

    @Test("An image of which nothing can be used is refused")
    func useless() async throws {
        let layer = try source.layer(TestTar.archive([.file("c")]))
        try source.index("u:1", [try source.manifest([layer])])
        try remove(layer.descriptor.digest)
        let error = #expect(throws: ImageError.self) { try imported() }
        #expect(error?.description.contains(layer.descriptor.digest.oci) == true)
        #expect(throws: ImageError.self) {
            try source.layout.exportOCI(try ImageReference("u:1"), to: ByteArraySink())
        }
        #expect(try await source.layout.verifyAll(jobs: 1).damages.map(\.digest) == [layer.descriptor.digest])
    }

    @Test("A blob that its descriptor carries need not be a file, if it is the right one")
    func embedded() throws {
        func manifest(data: String) throws -> Descriptor {
            let configuration: JSONValue = [
                "mediaType": .text(MediaType.emptyDocument.rawValue), "size": 2, "data": .text(data),
                "digest": .text(Descriptor.emptyDocument.digest.oci),
            ]
            return try source.document(
                [
                    "schemaVersion": 2, "mediaType": .text(MediaType.imageManifest.rawValue),
                    "config": configuration, "layers": [],
                ], .imageManifest)
        }
        try source.setNames([("docker.io/team/thing:1", try manifest(data: "e30="))])
        #expect(try imported().images.count == 1)
        #expect(try target.layout.document(.emptyDocument) == Array("{}".utf8))
        try source.setNames([("docker.io/team/thing:2", try manifest(data: "W10="))])
        try Tool.run("rm", [target.layout.blobPath(Descriptor.emptyDocument.digest)])
        #expect(throws: ImageError.self) { try imported() }
    }

    @Test("What a platform says beside its name stays when an index is made of several entries")
    func platformDetails() throws {
        let windows = try source.windowsManifest()
        let entries: JSONValue = .array(
            [linux, windows].map { descriptor in
                [
                    "mediaType": .text(descriptor.mediaType.rawValue),
                    "digest": .text(descriptor.digest.oci), "size": .number(descriptor.size),
                    "platform": [
                        "os": .text(descriptor.platform?.os ?? ""), "architecture": "amd64",
                        "os.version": "10.0.1", "os.features": ["win32k"],
                    ],
                    "annotations": [
                        .init(stringLiteral: AnnotationKey.referenceName): "docker.io/team/two:1"
                    ],
                ]
            })
        let index: JSONValue = ["schemaVersion": 2, "manifests": entries]
        try source.directory.write(
            "layout/index.json", String(decoding: index.encoded(.compact), as: UTF8.self))
        let root = try #require(try imported().images.first).descriptor
        let text = String(decoding: try target.layout.document(root), as: UTF8.self)
        #expect(text.contains(#""os.version":"10.0.1","os.features":["win32k"]"#), "\(text)")
    }

    @Test("All manifests of one name are exported, and imported as one image")
    func oneNameForSeveral() throws {
        let arm = try source.manifest([], platform: Platform(architecture: "arm64"))
        try source.setNames([("docker.io/team/two:1", linux), ("docker.io/team/two:1", arm)])
        let name = try ImageReference("team/two:1")
        let archive = try source.layout.exportOCI(name, to: ByteArraySink()).bytes
        _ = try target.layout.importArchive(from: ByteArraySource(archive), archive: "a.tar")
        for (platform, manifest) in [(amd64, linux), (Platform(architecture: "arm64"), arm)] {
            let image = try target.layout.image(name, platform: platform)
            #expect(image.descriptor.digest == manifest.digest)
        }
        let root = try source.layout.root(of: name)
        #expect(root.descriptor.mediaType == .imageIndex)
        #expect(SHA256Digest(hashing: root.bytes) == root.descriptor.digest)
    }

    private func remove(_ digest: SHA256Digest) throws {
        try Tool.run("rm", [source.layout.blobPath(digest)])
    }
}
