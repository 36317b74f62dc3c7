import Bytes
import Digests
import Foundation
import Host
import OCI
import Tar
import TestSupport
import Testing

@Suite struct ArchiveImportTests {
    private let source: LayoutBuilder
    private let target: LayoutBuilder
    private let amd64 = Platform(architecture: "amd64")

    init() throws {
        source = try LayoutBuilder()
        target = try LayoutBuilder()
        try source.image(
            "team/app:1", layers: [[.directory("etc"), .file("etc/a", "lower")], [.file("etc/b", "upper")]])
    }

    private func imported(
        _ archive: [UInt8], name: String? = nil, in layout: ImageLayout? = nil
    ) throws -> [ImportedImage] {
        try (layout ?? target.layout).importArchive(
            from: ByteArraySource(archive), archive: "in.tar", name: try name.map { try ImageReference($0) })
    }

    private func skopeo(_ from: String, _ to: String) throws {
        try Tool.run("skopeo", ["--insecure-policy", "copy", "-q", from, to])
    }

    private func files(_ name: String, in layout: ImageLayout) throws -> [String] {
        let store = LayerStore(layout: layout, directory: "\(layout.path)/derived")
        return try store.entries(of: layout.image(ImageReference(name), platform: amd64))
            .map(\.header.name.text)
    }

    @Test(
        "What skopeo writes is taken, under its name",
        .enabled(if: Tool.available("skopeo")), arguments: ["docker-archive", "oci-archive"])
    func skopeoArchives(kind: String) throws {
        let from = "oci:\(source.path):docker.io/team/app:1"
        let path = "\(target.directory.path)/in.tar"
        try skopeo(from, "\(kind):\(path):docker.io/team/app:1")
        let images = try imported(try target.directory.read("in.tar"))
        #expect(images.map(\.name.description) == ["docker.io/team/app:1"])
        #expect(try files("team/app:1", in: target.layout).sorted() == ["etc", "etc/a", "etc/b"])
        // The same archive makes the same manifest everywhere.
        let other = try LayoutBuilder()
        #expect(try imported(try target.directory.read("in.tar"), in: other.layout) == images)
        // What is here is found by skopeo under the expanded name.
        try skopeo("oci:\(target.path):docker.io/team/app:1", "dir:\(target.directory.path)/out")
    }

    @Test(
        "A compressed archive is taken",
        .enabled(if: Tool.available("gzip", "zstd", "xz"), "gzip, zstd or xz is not installed"),
        arguments: ["gzip", "zstd", "xz"])
    func compressed(tool: String) throws {
        let plain = try TestArchive.oci(source)
        let packed = try Tool.run(tool, ["-c", "-q"], input: plain).output
        #expect(try imported(packed).count == 1)
        #expect(throws: ImageError.self) { try imported(Array(packed.dropLast(6)), name: "other:1") }
    }

    @Test("Docker archives of old: directories with layer.tar, links between them, no names")
    func oldDocker() throws {
        let archive = try TestArchive.docker(names: nil)
        let error = #expect(throws: ImageError.self) { try imported(archive) }
        #expect(error?.description.contains("--name") == true, "\(String(describing: error))")
        #expect(try imported(archive, name: "redis").map(\.name.description) == ["docker.io/library/redis"])
        #expect(try files("redis", in: target.layout) == ["a"])
        let twice = try TestArchive.docker(names: ["redis:7", "localhost:5000/redis:7"])
        #expect(
            try imported(twice).map(\.name.description) == [
                "docker.io/library/redis:7", "localhost:5000/redis:7",
            ])
    }

    /// A Docker archive of one layer, `one/layer.tar`, which `members` bring in some way.
    private static func docker(_ members: [TestMember], layer: [UInt8]) -> [UInt8] {
        var config = TestMember.file("c.json")
        let diffID = SHA256Digest(hashing: layer).oci
        config.contents = Array(
            #"{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["\#(diffID)"]}}"#
                .utf8)
        return TestTar.archive(
            members + [
                config,
                .file(
                    "manifest.json", #"[{"Config":"c.json","RepoTags":["i:1"],"Layers":["one/layer.tar"]}]"#),
            ])
    }

    @Test("Links to layers are read as every version of Docker wrote them")
    func linkedLayers() throws {
        let tar = TestTar.archive([.file("a", "contents")])
        func layer(_ name: ByteString) -> TestMember {
            var member = TestMember.file(name)
            member.contents = tar
            return member
        }
        let forms: [[TestMember]] = [
            [.symlink("one/layer.tar", to: "../two/layer.tar"), layer("two/layer.tar")],
            [.symlink("one/layer.tar", to: ".abc.tar"), layer(".abc.tar")],
            [.symlink("one/layer.tar", to: "two/layer.tar"), layer("two/layer.tar")],
            [layer("two/layer.tar"), .hardLink("one/layer.tar", to: "two/layer.tar")],
            [.hardLink("one/layer.tar", to: "./two/layer.tar"), layer("two/layer.tar")],
            [.symlink("one", to: "two"), layer("two/layer.tar")],
            [
                .symlink("one/layer.tar", to: "../two/l"), .symlink("two", to: "three"),
                .hardLink("three/l", to: "x/l"), layer("x/l"),
            ],
        ]
        for form in forms {
            let target = try LayoutBuilder()
            let archive = Self.docker(form, layer: tar)
            #expect(
                try imported(archive, in: target.layout).map(\.name.description) == ["docker.io/library/i:1"])
            #expect(try files("i:1", in: target.layout) == ["a"])
        }
    }

    @Test("A link that leads nowhere is reported with its target, a loop with the links")
    func danglingLinks() throws {
        func message(_ members: TestMember...) throws -> String {
            let error = #expect(throws: ImageError.self) { try imported(Self.docker(members, layer: [])) }
            return error?.description ?? ""
        }
        for target: ByteString in [".abc.tar", "../gone/layer.tar"] {
            let text = try message(.symlink("one/layer.tar", to: target))
            #expect(text.contains("one/layer.tar") && text.contains(target.text), "\(text)")
            #expect(!text.contains("cut short"))
        }
        let hard = try message(.hardLink("one/layer.tar", to: "gone"))
        #expect(hard.contains("one/layer.tar leads to gone"))
        let loop = try message(.symlink("one/layer.tar", to: "../b"), .symlink("b", to: "one/layer.tar"))
        #expect(loop.contains("loop"), "\(loop)")
        let outside = try message(.symlink("one/layer.tar", to: "../../x"))
        #expect(outside.contains("../../x") && outside.contains("one/layer.tar"))
        #expect(try message().contains("not in the archive"))
    }

    @Test(
        "A layer in xz is stored unpacked, one in bzip2 is refused by name",
        .enabled(if: Tool.available("xz"), "xz is not installed"))
    func otherCompressions() throws {
        let tar = TestTar.archive([.file("a", "contents")])
        var layer = TestMember.file("one/layer.tar")
        layer.contents = try Tool.run("xz", ["-c"], input: tar).output
        #expect(try imported(Self.docker([layer], layer: tar)).count == 1)
        #expect(try files("i:1", in: target.layout) == ["a"])
        layer.contents = Array("BZh91AY&SY".utf8)
        let error = #expect(throws: ImageError.self) { try imported(Self.docker([layer], layer: tar)) }
        #expect(error?.description.contains("bzip2") == true)
    }

    @Test("Blobs of a layout in an archive may be links to where they are")
    func linkedBlobs() throws {
        var members: [TestMember] = [.file("oci-layout", #"{"imageLayoutVersion":"1.0.0"}"#)]
        for (number, name) in try source.directory.list("layout/blobs/sha256").enumerated() {
            var member = TestMember.file(ByteString("files/\(number)"))
            member.contents = try source.directory.read("layout/blobs/sha256/\(name)")
            members += [
                member, .symlink(ByteString("blobs/sha256/\(name)"), to: ByteString("../../files/\(number)")),
            ]
        }
        members.append(
            .file(
                "index.json", String(decoding: try source.directory.read("layout/index.json"), as: UTF8.self))
        )
        #expect(try imported(TestTar.archive(members)).count == 1)
        #expect(try files("team/app:1", in: target.layout).count == 3)
        members[1].name = "elsewhere"
        let error = #expect(throws: ImageError.self) { try imported(TestTar.archive(members)) }
        #expect(error?.description.contains("leads to ../../files/0") == true, "\(String(describing: error))")
    }

    @Test("Docker archives of today have an index.json with only the tag under the usual key")
    func newDocker() throws {
        let index = try String(decoding: source.directory.read("layout/index.json"), as: UTF8.self)
            .replacingOccurrences(
                of: "\"org.opencontainers.image.ref.name\": \"docker.io/team/app:1\"",
                with: "\"io.containerd.image.name\": \"docker.io/team/app:1\", "
                    + "\"org.opencontainers.image.ref.name\": \"1\"")
        let archive = try TestArchive.oci(source, index: index)
        #expect(try imported(archive).map(\.name.description) == ["docker.io/team/app:1"])
        let onlyTag = index.replacingOccurrences(of: "io.containerd.image.name", with: "x")
        let error = #expect(throws: ImageError.self) { try imported(TestArchive.oci(source, index: onlyTag)) }
        #expect(error?.description.contains("\"1\" is only the tag") == true)
        #expect(
            try imported(TestArchive.oci(source, index: onlyTag), name: "app:2").first?.name.description
                == "docker.io/library/app:2")
    }

    @Test("An archive cut short anywhere names nothing, and says so")
    func truncated() throws {
        for archive in [try TestArchive.oci(source), try TestArchive.docker(names: ["a:1"])] {
            // The blocks of zeros at the end, and padding before them, say nothing that is missed.
            for length in stride(from: 0, to: archive.count - 2600, by: 331) {
                #expect(throws: ImageError.self) { try imported(Array(archive[..<length])) }
            }
        }
        #expect(try target.layout.images().isEmpty)
    }

    @Test("A changed byte is told with member and offset, and names nothing")
    func damaged() throws {
        let archive = try TestArchive.oci(source)
        var refused = 0
        for offset in stride(from: 0, to: archive.count, by: 97) {
            var bytes = archive
            bytes[offset] ^= 0x01
            do throws(ImageError) {
                let layout = try LayoutBuilderLayout.fresh()
                let images = try layout.layout.importArchive(from: ByteArraySource(bytes), archive: "in.tar")
                // Padding and times carry nothing; what was named is whole.
                for image in images { _ = try layout.layout.image(image.name, platform: amd64) }
            } catch {
                refused += 1
                #expect(error.description.contains("in.tar"), "\(error)")
            }
        }
        #expect(refused > 10)
    }

    @Test(
        "Members that lead out of the archive are refused",
        arguments: [
            TestMember.file("../oci-layout", "x"), .file("/etc/passwd", "x"), .file("blobs/../../x", "x"),
            .symlink("a", to: "../../etc/passwd"), .symlink("a", to: "/etc/passwd"),
            .hardLink("a", to: "../b"), TestMember("dev", type: "3"), TestMember("pipe", type: "6"),
        ])
    func hostile(member: TestMember) throws {
        let archive = TestTar.bytes(member) + (try TestArchive.oci(source))
        let error = #expect(throws: ImageError.self) { try imported(archive) }
        #expect(error?.description.contains("offset 0") == true, "\(String(describing: error))")
        #expect(error?.description.contains("\"\(member.name)\"") == true)
        #expect(try target.layout.images().isEmpty)
        #expect(try target.directory.list() == ["layout"])
    }

    @Test("Links that go round, layers that are missing, digests that are others'")
    func nonsense() throws {
        let round = TestTar.archive([
            .symlink("a", to: "b"), .symlink("b", to: "a"),
            .file("manifest.json", #"[{"Config": "a", "RepoTags": ["x:1"], "Layers": []}]"#),
        ])
        let missing = TestTar.archive([
            .file("manifest.json", #"[{"Config": "a", "RepoTags": ["x:1"], "Layers": ["../x"]}]"#)
        ])
        for archive in [round, missing, TestTar.archive([]), []] {
            #expect(throws: ImageError.self) { try imported(archive) }
        }
        let blob = "blobs/sha256/" + String(repeating: "0", count: 64)
        let error = #expect(throws: ImageError.self) {
            try imported(TestTar.archive([.file(ByteString(blob), "x")]))
        }
        #expect(error?.description.contains("its contents have the digest") == true)
        #expect(try target.directory.list("layout/blobs/sha256").isEmpty)
    }

    @Test("A layer that is not what the configuration says is refused")
    func wrongLayer() throws {
        let archive = try TestArchive.docker(names: ["a:1"], diffID: SHA256Digest(hashing: "other"))
        let error = #expect(throws: ImageError.self) { try imported(archive) }
        #expect(error?.description.contains("the configuration says") == true)
    }

    @Test("The images of another layout are taken with their names; one of them may get another")
    func layouts() throws {
        try source.image("b:1", layers: [[.file("b")]])
        #expect(try target.layout.importLayout(source.layout).count == 2)
        #expect(try files("b:1", in: target.layout) == ["b"])
        #expect(throws: ImageError.self) {
            try target.layout.importLayout(source.layout, name: ImageReference("c"))
        }
    }

    @Test("A layout of umoci's, named when it is imported", .enabled(if: Tool.available("umoci")))
    func umoci() throws {
        let path = "\(source.directory.path)/umoci"
        try Tool.run("umoci", ["init", "--layout", path])
        try Tool.run("umoci", ["new", "--image", "\(path):latest"])
        let other = try ImageLayout(opening: path)
        #expect(throws: ImageError.self) { try target.layout.importLayout(other) }
        let images = try target.layout.importLayout(other, name: ImageReference("made:1"))
        #expect(images.map(\.name.description) == ["docker.io/library/made:1"])
        try Tool.run("umoci", ["stat", "--image", "\(target.path):docker.io/library/made:1"])
    }
}

/// A layout for one import.
private struct LayoutBuilderLayout {
    let builder: LayoutBuilder
    var layout: ImageLayout { builder.layout }

    static func fresh() throws(ImageError) -> Self {
        guard let builder = try? LayoutBuilder() else {
            throw ImageError(.archive(ArchiveProblem(archive: "no directory", reason: "")))
        }
        return Self(builder: builder)
    }
}
