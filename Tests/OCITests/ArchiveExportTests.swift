import Bytes
import Digests
import Foundation
import Host
import JSON
import OCI
import TestSupport
import Testing

@Suite struct ArchiveExportTests {
    private let source: LayoutBuilder
    private let reference: ImageReference
    private let amd64 = Platform(architecture: "amd64")

    init() throws {
        source = try LayoutBuilder()
        reference = try ImageReference("team/app:1")
        let lower = try source.layer(TestTar.archive([.directory("etc"), .file("etc/a", "lower")]))
        let upper = try source.layer(
            TestTar.archive([.file("etc/b", "upper"), .whiteout("etc/", "a")]), .none)
        let one = try source.manifest([lower, upper, lower])
        let two = try source.manifest([lower], platform: Platform(architecture: "arm64"))
        try source.index("team/app:1", [one, try source.attestation([:], of: one), two])
    }

    private var store: LayerStore { LayerStore(layout: source.layout, directory: "\(source.path)/derived") }

    private func oci(_ platforms: [Platform] = [], name: String? = nil) throws -> [UInt8] {
        try source.layout.exportOCI(
            reference, platforms: platforms, name: try name.map { try ImageReference($0) },
            to: ByteArraySink()
        ).bytes
    }

    private func docker() throws -> [UInt8] {
        let image = try source.layout.image(reference, platform: amd64)
        return try store.exportDocker(image, names: [reference], to: ByteArraySink()).bytes
    }

    @Test("Everything comes back, and the second archive is the first")
    func roundTrip() async throws {
        let first = try oci()
        let target = try LayoutBuilder()
        let images = try target.layout.importArchive(from: ByteArraySource(first), archive: "x")
        #expect(images.map(\.name) == [reference])
        #expect(
            try target.directory.list("layout/blobs/sha256") == source.directory.list("layout/blobs/sha256"))
        #expect(try target.layout.exportOCI(reference, to: ByteArraySink()).bytes == first)
        #expect(try await target.layout.verifyAll(jobs: 1).isSound)
    }

    @Test("Of several platforms the one that is asked for comes along, with what is attached to it")
    func platforms() throws {
        let target = try LayoutBuilder()
        let archive = try oci([amd64], name: "other:2")
        _ = try target.layout.importArchive(from: ByteArraySource(archive), archive: "x")
        let image = try target.layout.image(ImageReference("other:2"), platform: amd64)
        #expect(try target.layout.spdxStatements(of: image).count == 1)
        #expect(throws: ImageError.self) {
            try target.layout.image(ImageReference("other:2"), platform: Platform(architecture: "arm64"))
        }
        #expect(throws: ImageError.self) { try oci([Platform(architecture: "riscv64")]) }
        // What is there in part can be taken out in part.
        #expect(
            try target.layout.exportOCI(ImageReference("other:2"), name: reference, to: ByteArraySink())
                .bytes.count == oci([amd64]).count)
    }

    @Test("A Docker archive does not depend on the cache being warm, and comes back as it was")
    func dockerArchive() throws {
        let first = try docker()
        #expect(try docker() == first)
        let target = try LayoutBuilder()
        _ = try target.layout.importArchive(from: ByteArraySource(first), archive: "x")
        let image = try target.layout.image(reference, platform: amd64)
        #expect(image.layers.count == 3 && image.layers[0] == image.layers[2])
        let again = LayerStore(layout: target.layout, directory: "\(target.path)/derived")
        #expect(try again.exportDocker(image, names: [reference], to: ByteArraySink()).bytes == first)
    }

    @Test("skopeo reads both", .enabled(if: Tool.available("skopeo")))
    func skopeo() throws {
        let directory = source.directory.path
        try source.directory.write("oci.tar", try oci())
        try source.directory.write("docker.tar", try docker())
        for (number, from) in ["oci-archive:\(directory)/oci.tar", "docker-archive:\(directory)/docker.tar"]
            .enumerated()
        {
            let target = "oci:\(directory)/out\(number):x"
            try Tool.run(
                "skopeo", ["--insecure-policy", "--override-arch", "amd64", "copy", "-q", from, target])
        }
        let tags = try Tool.run("skopeo", ["list-tags", "docker-archive:\(directory)/docker.tar"]).outputText
        #expect(tags.contains("docker.io/team/app:1"), "\(tags)")
    }

    @Test("The file system is what the layers make together", .enabled(if: Tool.available("tar")))
    func fileSystem() throws {
        let image = try source.layout.image(reference, platform: amd64)
        let archive = try store.exportFileSystem(of: image, to: ByteArraySink()).bytes
        // The lower layer comes again on top, so that its file is back.
        let names = try Tool.run("tar", ["tf", "-"], input: archive).outputText.split(separator: "\n")
            .sorted()
        #expect(names.map { $0.hasSuffix("/") ? $0.dropLast() : $0 } == ["etc", "etc/a", "etc/b"])
    }

    @Test("A damaged blob ends the export with an error", arguments: [true, false])
    func damaged(isDocker: Bool) throws {
        let layer = try source.layout.image(reference, platform: amd64).layers[0].descriptor.digest.hex
        var bytes = try source.directory.read("layout/blobs/sha256/\(layer)")
        bytes[bytes.count / 2] ^= 1
        try source.directory.write("layout/blobs/sha256/\(layer)", bytes)
        let error = #expect(throws: ImageError.self) { _ = try isDocker ? docker() : oci() }
        #expect(error?.description.contains(layer) == true)
    }
}
