import Bytes
import Digests
import JSON
import OCI
import TestSupport
import Testing

@Suite("Names in index.json as other tools write them") struct EntryNameTests {
    private let builder: LayoutBuilder
    private var layout: ImageLayout { builder.layout }
    private let image: Descriptor
    private let other: Descriptor

    init() throws {
        builder = try LayoutBuilder()
        image = try builder.manifest([try builder.layer(TestTar.archive([.file("a")]))])
        other = try builder.manifest([try builder.layer(TestTar.archive([.file("b")]))])
    }

    private func found(_ name: String) throws -> SHA256Digest {
        try layout.descriptor(of: try ImageReference(name)).digest
    }

    @Test(
        "A kit finds what expands to its name",
        arguments: [
            ("root/consul:dev", "root/consul:dev"), ("root/consul:dev", "docker.io/root/consul:dev"),
            ("consul", "consul"), ("consul", "docker.io/library/consul:latest"),
            ("consul:latest", "consul"), ("docker.io/consul:1", "consul:1"),
            ("docker.io/library/consul:1", "consul:1"), ("index.docker.io/library/consul:1", "consul:1"),
            ("localhost:5000/consul:1", "localhost:5000/consul:1"), ("ghcr.io/a/b/c:1", "ghcr.io/a/b/c:1"),
        ])
    func expansion(written: String, asked: String) throws {
        try builder.setNames([(written, image)])
        #expect(try found(asked) == image.digest)
        #expect(throws: ImageError.self) { try found("consul:2") }
    }

    @Test("containerd's annotation has the name where the specification's has only the tag")
    func containerd() throws {
        let name = "io.containerd.image.name"
        try builder.setEntries([
            (image, [name: "docker.io/team/app:1", AnnotationKey.referenceName: "1"]),
            (other, [name: "docker.io/team/old:1", AnnotationKey.referenceName: "docker.io/team/new:1"]),
        ])
        #expect(try found("team/app:1") == image.digest)
        #expect(try found("team/new:1") == other.digest, "LinuxKit's own key is the one that counts")
        #expect(throws: ImageError.self) { try found("1") }
        #expect(try layout.images().map(\.name) == ["docker.io/team/app:1", "docker.io/team/new:1"])
    }

    @Test("The expanded spelling counts first, then the first in the index; what is hidden is reported")
    func ambiguous() throws {
        try builder.setNames([("consul:1", other), ("docker.io/library/consul:1", image)])
        #expect(try found("consul:1") == image.digest)
        let ambiguous = try layout.ambiguousNames()
        #expect(ambiguous.map(\.name) == ["docker.io/library/consul:1"])
        #expect(ambiguous.first?.used == [image.digest] && ambiguous.first?.hidden == [other.digest])
        try builder.setNames([("consul:1", other), ("index.docker.io/library/consul:1", image)])
        #expect(try found("consul:1") == other.digest)
        try builder.setNames([("consul:1", image), ("docker.io/library/consul:1", image)])
        #expect(try layout.ambiguousNames().isEmpty, "one image, two spellings")
    }

    @Test("A new image takes the name from every spelling; removing it removes them all")
    func replacing() throws {
        try builder.setNames([("consul:1", other), ("docker.io/library/consul:1", other), ("b:1", other)])
        try layout.tag(try ImageReference("consul:1"), image)
        #expect(try layout.images().map(\.name) == ["docker.io/library/b:1", "docker.io/library/consul:1"])
        #expect(try found("consul:1") == image.digest)
        try builder.setNames([("consul:1", other), ("docker.io/library/consul:1", image)])
        #expect(try layout.isNamed(try ImageReference("consul:1"), image.digest))
        #expect(try !layout.isNamed(try ImageReference("consul:1"), other.digest), "it is hidden")
        #expect(try layout.remove(try ImageReference("consul:1")) == ["docker.io/library/consul:1"])
        #expect(try layout.images().isEmpty)
    }

    @Test("A name with the digest of something else is refused by imports, reported and removable in caches")
    func wrongDigest() async throws {
        let name = "docker.io/team/app:1@\(other.digest.oci)"
        try builder.setNames([(name, image)])
        let target = try LayoutBuilder()
        let error = #expect(throws: ImageError.self) { try target.layout.importLayout(layout) }
        #expect(error?.description.contains("is not the digest of the image") == true)
        #expect(error?.description.contains(image.digest.oci) == true)
        #expect(try target.layout.images().isEmpty)
        #expect(try target.layout.importLayout(layout, name: try ImageReference("app:1")).count == 1)
        let damages = try await layout.verifyAll(jobs: 1).damages
        #expect(damages.map(\.images) == [[name]])
        #expect(try layout.remove(try ImageReference(name)) == [name])
        try builder.setNames([("docker.io/team/app:1@\(image.digest.oci)", image)])
        #expect(try target.layout.importLayout(layout).count == 1)
    }

    @Test("Images without a name, and artifacts, are left out with a line where others have names")
    func nameless() throws {
        var artifact = try builder.document(
            ["schemaVersion": 2], MediaType(rawValue: "application/vnd.example.thing+json"))
        artifact.annotations = [:]
        try builder.setEntries([
            (image, [AnnotationKey.referenceName: "docker.io/team/app:1"]), (other, [:]), (artifact, [:]),
        ])
        let target = try LayoutBuilder()
        var lines: [String] = []
        let images = try target.layout.importLayout(layout) { lines.append($0) }
        #expect(images.map(\.name.description) == ["docker.io/team/app:1"])
        #expect(lines.count == 2, "\(lines)")
        #expect(lines.contains { $0.contains(other.digest.oci) && $0.contains("has no name") })
        #expect(lines.contains { $0.contains("application/vnd.example.thing+json") })
        try builder.setEntries([(artifact, [AnnotationKey.referenceName: "a/b:1"])])
        let error = #expect(throws: ImageError.self) { try target.layout.importLayout(layout) }
        #expect(error?.description.contains("application/vnd.example.thing+json") == true)
    }
}
