import Bytes
import Digests
import Foundation
import Host
import OCI
import TestSupport
import Testing

@Suite("Every blob of an image is checked")
struct DamagedImageTests {
    enum Damage: String, CaseIterable, Sendable {
        case missing, truncated, lengthened, otherBytes, noGzip
    }

    @Test(
        "A damaged layer is named, nothing is left, and the mended image builds", arguments: Damage.allCases)
    func layer(_ damage: Damage) throws {
        let workshop = try Workshop()
        let path = try workshop.layerPath()
        let url = URL(fileURLWithPath: path)
        let good = try Data(contentsOf: url)
        var status: Int32 = 65
        switch damage {
        case .missing:
            try FileManager.default.removeItem(at: url)
            status = 66
        case .truncated: try good.dropLast(9).write(to: url)
        case .lengthened: try (good + [0]).write(to: url)
        case .otherBytes:
            var bytes = good
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: url)
        case .noGzip: try Data(repeating: 7, count: good.count).write(to: url)
        }
        let digest = url.lastPathComponent
        try workshop.expectFailure(
            ["good.yml"], status: status, saying: ["docker.io/sample/thing:1", "sha256:\(digest)"],
            goodBuildFollows: false)
        try good.write(to: url)
        try workshop.expectGoodBuild()
    }

    @Test("A layer that was damaged after a build is found by the next one all the same")
    func lostAfterImport() throws {
        let workshop = try Workshop()
        try workshop.expectGoodBuild()
        try Directory.remove(try workshop.layerPath())
        try workshop.expectFailure(
            ["good.yml"], status: 66, saying: ["docker.io/sample/thing:1"], goodBuildFollows: false)
    }

    @Test("One whose bytes have changed is named, and nothing that was made meanwhile appears")
    func damagedAfterImport() throws {
        let workshop = try Workshop()
        try workshop.expectGoodBuild()
        let url = URL(fileURLWithPath: try workshop.layerPath())
        let good = try Data(contentsOf: url)
        var bytes = good
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: url)
        for format in ["tar", "kernel+initrd", "docker"] {
            try workshop.expectFailure(
                ["--format", format, "good.yml"], status: 65,
                saying: ["docker.io/sample/thing:1", "sha256:\(url.lastPathComponent)"],
                goodBuildFollows: false)
        }
        try good.write(to: url)
        try workshop.expectGoodBuild()
    }

    @Test("What was derived from a layer and damaged since is made anew, and not used")
    func damagedDerivedData() throws {
        let workshop = try Workshop()
        func image() throws -> Data {
            let result = try workshop.build(["--format", "kernel+initrd", "--name", "kit", "good.yml"])
            #expect(result.status == 0, "\(result.errorText)")
            return try Data(contentsOf: URL(fileURLWithPath: "\(workshop.path)/kit-initrd.img"))
        }
        let good = try image()
        let layers = "\(workshop.builder.path)/derived/layers"
        let name = try #require(try Directory.names(layers).first { !$0.text.hasSuffix(".index") })
        let url = URL(fileURLWithPath: "\(layers)/\(name.text)")
        var tar = try Data(contentsOf: url)
        let contents = try #require(tar.range(of: Data("a shell".utf8)))
        tar[contents.lowerBound] ^= 1
        try tar.write(to: url)
        #expect(try image() == good)
        tar[contents.lowerBound] ^= 1
        #expect(try Data(contentsOf: url) == tar, "the layer was not mended")
    }

    @Test("A layer whose contents are not what the configuration says is refused")
    func wrongDiffID() throws {
        let workshop = try Workshop()
        let builder = workshop.builder
        let layer = try builder.layer(TestTar.archive(Workshop.members))
        let other = try builder.layer(TestTar.archive([.file("other")]))
        let manifest = try builder.manifest([.init(descriptor: layer.descriptor, diffID: other.diffID)])
        try builder.index("sample/wrong:1", [manifest])
        try workshop.write("wrong.yml", "init:\n  - sample/wrong:1\n")
        try workshop.expectFailure(
            ["wrong.yml"], status: 65, saying: ["docker.io/sample/wrong:1", "\(layer.descriptor.digest.hex)"])
    }

    @Test("A damaged document is refused", arguments: ["{", "[]", "{}"])
    func index(_ text: String) throws {
        let workshop = try Workshop()
        let good = try workshop.builder.directory.read("layout/index.json")
        try workshop.builder.directory.write("layout/index.json", text)
        try workshop.expectFailure(
            ["good.yml"], status: 65, saying: ["index.json"], goodBuildFollows: false)
        try workshop.builder.directory.write("layout/index.json", good)
        try workshop.expectGoodBuild()
    }

    @Test("Files that make no tree are refused by the outputs that need one")
    func noTree() throws {
        let workshop = try Workshop(layers: [[.file("a"), .hardLink("b", to: "nowhere")]])
        try workshop.expectFailure(
            ["good.yml"], status: 65, saying: ["nowhere"], goodBuildFollows: false)
    }
}
