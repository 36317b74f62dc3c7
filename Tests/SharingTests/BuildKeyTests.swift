import Assembly
import Bytes
import Digests
import KitConfig
import OCI
import Outputs
import Sharing
import TestSupport
import Testing

@Suite("A build's key: what reaches bytes is in it, and nothing else")
struct BuildKeyTests {
    private static func kit(_ yaml: String = "init: [a:1]\nfiles: [{path: a, contents: x}]\n") throws -> Kit {
        try KitLoader().load([KitSource(name: "kit.yml", text: Array(yaml.utf8))]).kit
    }

    private static func digest(_ text: String) -> SHA256Digest { SHA256Digest(hashing: text) }

    private static func inputs(_ kit: Kit? = nil) throws -> BuildInputs {
        var inputs = BuildInputs(
            version: "1", architecture: "amd64", formats: ["tar", "raw-efi"], epoch: 5,
            configuration: try KitIdentity(try kit ?? self.kit(), home: "/nowhere", sources: SourceFiles()),
            options: .init())
        let builder = try LayoutBuilder()
        try builder.image("a:1", layers: [[.file("a")], [.file("b")]])
        let image = try builder.layout.image(ImageReference("a:1"), platform: Platform(architecture: "amd64"))
        inputs.images = [(name: "docker.io/library/a:1", identity: ImageIdentity(image))]
        inputs.copies = [
            (
                name: "docker.io/library/b:1",
                root: Descriptor(mediaType: .imageIndex, digest: digest("root"), size: 4)
            )
        ]
        inputs.boot = [(firmware: .efi, source: .directory([.init(name: "stub", digest: digest("stub"))]))]
        return inputs
    }

    private static let changes: [(what: String, change: @Sendable (inout BuildInputs) throws -> Void)] = [
        ("version", { $0.version = "2" }), ("architecture", { $0.architecture = "arm64" }),
        ("format", { $0.formats = ["tar"] }), ("epoch", { $0.epoch = 6 }),
        ("image's name", { $0.images[0].name += "2" }),
        ("image's configuration", { $0.images[0].identity.configuration = digest("other") }),
        ("image's layer", { $0.images[0].identity.diffIDs[1] = digest("other") }),
        ("image's layers' order", { $0.images[0].identity.diffIDs.reverse() }),
        ("image's statements", { $0.images[0].identity.statements = [digest("spdx")] }),
        ("images", { $0.images += $0.images }), ("copy's name", { $0.copies[0].name += "2" }),
        ("copy's root", { $0.copies[0].root.digest = digest("other") }),
        ("copy's type", { $0.copies[0].root.mediaType = .imageManifest }),
        ("boot firmware", { $0.boot[0].firmware = .bios }),
        (
            "boot file",
            { $0.boot[0].source = .directory([.init(name: "stub", digest: digest("other"))]) }
        ),
        ("boot image", { $0.boot[0].source = .image($0.images[0].identity) }),
        ("decompressed kernel", { $0.options.decompressKernel = true }),
        ("equal files", { $0.options.shareEqualFiles = false }), ("strict", { $0.options.strict = true }),
        ("size", { $0.options.diskSize = 1 << 30 }),
        ("compression", { $0.options.compression = "zstd" }),
        ("squashfs", { $0.options.squashFSCompression = "libzstd 1.5.4" }),
        ("library's version", { $0.options.squashFSCompression = "libzstd 1.5.5" }),
        ("bill of materials", { $0.options.sbomPath = "sbom.spdx.json" }),
        ("its place", { $0.options.sbomPath = "usr/sbom" }),
        (
            "configuration",
            {
                $0.configuration = try KitIdentity(
                    kit("init: [b:1]\n"), home: "/nowhere", sources: SourceFiles())
            }
        ),
        (
            "missing and empty lists",
            {
                $0.configuration = try KitIdentity(
                    kit("init: [a:1]\nfiles: []\n"), home: "/nowhere", sources: SourceFiles())
            }
        ),
        (
            "bytes that are not UTF-8",
            {
                var kit = try kit()
                kit.files[0].contents = ByteString([0xFF])
                $0.configuration = try KitIdentity(kit, home: "/nowhere", sources: SourceFiles())
            }
        ),
        (
            "other bytes that are not UTF-8",
            {
                var kit = try kit()
                kit.files[0].contents = ByteString([0xFE])
                $0.configuration = try KitIdentity(kit, home: "/nowhere", sources: SourceFiles())
            }
        ),
    ]

    @Test("Every input is in the document: with another one it is another document")
    func everyInput() throws {
        var seen: [SHA256Digest: String] = [BuildKey(try Self.inputs()).digest: "none"]
        for (what, change) in Self.changes {
            var inputs = try Self.inputs()
            try change(&inputs)
            let digest = BuildKey(inputs).digest
            if let other = seen.updateValue(what, forKey: digest) { Issue.record("\(what) is like \(other)") }
        }
    }

    @Test("The order and the number of formats, comments and line breaks of the YAML do not count")
    func canonical() throws {
        let key = BuildKey(try Self.inputs())
        var inputs = try Self.inputs(
            try Self.kit("# a comment\ninit:\n  - a:1\n\nfiles:\n  - path: a\n    contents: x\n"))
        inputs.formats = ["raw-efi", "tar", "tar"]
        #expect(BuildKey(inputs) == key)
        #expect(key.tag == "build-\(SHA256Digest(hashing: key.document).hex)")
        #expect(try ImageReference("localhost:5000/team/cache:\(key.tag)").tag == key.tag)
    }

    @Test("A source's bytes count, its path only as the configuration has it; a missing optional one is none")
    func sources() throws {
        let directory = try TemporaryDirectory()
        let kit = try Self.kit("files: [{path: a, source: ~/a, optional: true}]\n")
        func identity() throws -> KitIdentity {
            try KitIdentity(kit, home: directory.path, sources: SourceFiles())
        }
        #expect(try identity().files == [nil])
        try directory.write("a", "one")
        #expect(try identity().files == [Self.digest("one")])
        try directory.write("a", "two")
        #expect(try identity().files == [Self.digest("two")])
        let other = try TemporaryDirectory()
        try other.write("a", "two")
        #expect(try KitIdentity(kit, home: other.path, sources: SourceFiles()) == identity())
        withExtendedLifetime((directory, other)) {}
    }

    @Test("An image is the same however its layers are compressed")
    func compression() throws {
        func identity(_ compression: LayoutBuilder.Compression) throws -> [ImageIdentity] {
            let builder = try SampleKit.layout(compression)
            return try ["init", "app", "kernel"].map { name in
                let image = try builder.layout.image(
                    ImageReference("sample/\(name):1"), platform: Platform(architecture: "amd64"))
                return ImageIdentity(image)
            }
        }
        let gzip = try identity(.gzip)
        #expect(Set(gzip).count == 3)
        #expect(try identity(.none) == gzip)
    }
}
