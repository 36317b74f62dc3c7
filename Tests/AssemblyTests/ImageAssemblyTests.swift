import Bytes
import FileTree
import Host
import KitConfig
import OCI
import Tar
import TestSupport
import Testing

@testable import Assembly

@Suite("Images put together from a layout of the test's own")
struct ImageAssemblyTests {
    private let amd64 = Platform(architecture: "amd64")
    private let stamp = BuildStamp()

    private func assembler(_ builder: LayoutBuilder, _ kit: String) throws -> (Assembler, CachedImages) {
        let images = CachedImages(layout: builder.layout, cacheDirectory: "\(builder.directory.path)/cache")
        let kit = try KitLoader().load([KitSource(name: "kit.yml", text: kit)]).kit
        return (Assembler(kit: kit, platform: amd64, images: images, stamp: stamp), images)
    }

    /// What `name` of the result is: the text of a file, or where a link leads.
    private func look(_ name: ByteString, _ result: Assembler.Result, _ store: any BlobStore) throws -> String
    {
        let entry = try #require(result.entries.last { $0.entry.header.name == name }, "\(name)").entry
        if entry.header.typeFlag == .hardLink { return "link to \(entry.header.linkName)" }
        var sink = ByteArraySink()
        try store.copy(entry.contents, to: &sink)
        #expect(entry.header.size == UInt64(sink.bytes.count))
        return String(decoding: sink.bytes, as: UTF8.self)
    }

    @Test(
        "Links to files that are left out or replaced keep the image's contents; the first becomes the file")
    func linksToWhatGoes() throws {
        let builder = try LayoutBuilder()
        try builder.image(
            "i",
            layers: [
                [
                    .file("Dockerfile", "FROM"), .directory("app"),
                    .hardLink("app/Dockerfile", to: "./Dockerfile"),
                    .hardLink("app/second", to: "Dockerfile"), .hardLink("app/third", to: "app/Dockerfile"),
                    .directory("etc"), .file("etc/hosts", "mine"),
                    .hardLink("etc/hosts.orig", to: "etc/hosts"),
                    .file("real", "resolver"), .hardLink("etc/resolv.conf", to: "real"),
                    .hardLink("etc/through", to: "etc/resolv.conf"), .hardLink("plain", to: "real"),
                ]
            ])
        let (assembler, images) = try assembler(
            builder, "init: [i]\nservices:\n  - name: s\n    image: i\n")
        let result = try assembler.assemble()
        for prefix: ByteString in ["", "containers/services/s/lower/"] {
            func see(_ name: ByteString) throws -> String { try look(prefix + name, result, images) }
            #expect(try see("app/Dockerfile") == "FROM")
            #expect(try see("app/second") == "link to \(prefix)app/Dockerfile")
            #expect(try see("app/third") == "link to \(prefix)app/Dockerfile")
            #expect(try see("etc/hosts.orig") == "mine")
            #expect(try see("etc/hosts") == ImagePlacement.hosts.text)
            #expect(try see("etc/through") == "link to \(prefix)real")
            #expect(try see("plain") == "link to \(prefix)real")
        }
        let tree = try AssembledImage(body: result.entries).bootTree(stamp: stamp)
        let first = try #require(tree.first { $0.path == "app/Dockerfile" })
        #expect(first.linkCount == 3)
    }

    @Test(
        "Chains of hard links over layers are one file, at the root and below lower and rootfs",
        arguments: [
            [[TestMember.file("x", "X")], [.hardLink("f2", to: "x"), .hardLink("h1", to: "f2")]],
            [[.file("x", "X")], [.hardLink("f2", to: "x")], [.hardLink("h1", to: "./f2")]],
            [[.file("x", "X"), .hardLink("h1", to: "x")], [.hardLink("f2", to: "/h1")]],
            [[.file("x", "X")], [.hardLink("f2", to: "x")], [.hardLink("h1", to: "f2"), .file("z")]],
            [
                [.file("x", "X")], [.hardLink("a", to: "x"), .hardLink("b", to: "a")],
                [
                    .hardLink("h1", to: "b"), .hardLink("f2", to: "h1"), .whiteout("", "a"),
                    .whiteout("", "b"),
                ],
            ],
        ])
    func hardLinkChains(layers: [[TestMember]]) throws {
        let builder = try LayoutBuilder()
        try builder.image("i", layers: layers)
        let kit = """
            init: [i]
            volumes:
              - {name: v, image: i}
            services:
              - {name: s, image: i}
              - {name: t, image: "i:latest", readonly: true}
            """
        let (assembler, _) = try assembler(builder, kit)
        let tree = try AssembledImage(body: try assembler.assemble().entries).bootTree(stamp: stamp)
        for root in ["", "containers/services/s/lower/", "containers/volumes/v/lower/"] {
            for name in ["x", "f2", "h1"] {
                let file = try #require(tree.first { $0.path == ByteString(root + name) }, "\(root)\(name)")
                #expect((file.linkCount, file.node.contents.count) == (3, 1), "\(root)\(name)")
            }
        }
    }

    @Test("Hard links of an archive that lead in circles are refused by name")
    func circles() throws {
        let builder = try LayoutBuilder()
        var archive = TestMember.file("kernel.tar")
        archive.contents = TestTar.archive([
            .hardLink("a", to: "b"), .hardLink("b", to: "c"), .hardLink("c", to: "a"),
        ])
        try builder.image("k", layers: [[.file("kernel", "code"), archive]])
        let (assembler, _) = try assembler(builder, "kernel:\n  image: k\n  cmdline: c\n")
        let image = AssembledImage(body: try assembler.assemble().entries)
        let error = #expect(throws: TreeError.self) { try image.bootTree(stamp: stamp) }
        #expect(error?.description.contains("a: hard link target not found: b") == true)
    }

    @Test("A link over a directory of another source moves what is in it, or is reported with both paths")
    func linkOverDirectory() throws {
        let builder = try LayoutBuilder()
        var archive = TestMember.file("kernel.tar")
        archive.contents = TestTar.archive([
            .directory("lib"), .directory("lib/modules"), .file("lib/modules/x.ko", "m"),
        ])
        try builder.image("k", layers: [[.file("kernel", "code"), archive]])
        try builder.image(
            "d", layers: [[.directory("usr"), .directory("usr/lib"), .symlink("lib", to: "usr/lib")]])
        try builder.image("f", layers: [[.file("target", "file"), .symlink("lib", to: "target")]])
        func tree(_ image: String) throws -> (paths: [String], conflicts: [String]) {
            let (assembler, _) = try assembler(builder, "kernel: {image: k, cmdline: c}\ninit: [\(image)]\n")
            var conflicts: [String] = []
            let tree = try AssembledImage(body: try assembler.assemble().entries).bootTree(
                stamp: stamp, onConflict: { conflicts.append("\($0)") })
            return (tree.map(\.path.text), conflicts)
        }
        let moved = try tree("d")
        #expect(moved.paths.contains("usr/lib/modules/x.ko") && moved.conflicts.isEmpty)
        let kept = try tree("f")
        #expect(kept.paths.contains("lib/modules/x.ko") && kept.paths.contains("target"))
        #expect(kept.conflicts.count == 1)
        let text = try #require(kept.conflicts.first)
        for part in ["docker.io/library/f (init[0])", "/lib", "/target"] {
            #expect(text.contains(part), "\(text)")
        }
    }

    @Test("What the assembly adds to a container goes through its links, seen from its own root")
    func linksOfContainers() throws {
        let builder = try LayoutBuilder()
        try builder.image("i", layers: [[.symlink("etc", to: "/system/etc"), .file("system/etc/x", "x")]])
        let (assembler, _) = try assembler(builder, "services:\n  - {name: s, image: i}\n")
        let tree = try AssembledImage(body: try assembler.assemble().entries).bootTree(stamp: stamp)
        let paths = Set(tree.map(\.path.text))
        #expect(paths.contains("containers/services/s/lower/system/etc/hosts"))
        #expect(!paths.contains("system") && !paths.contains("containers/services/s/lower/etc/hosts"))
    }

    @Test("A directory whose path ends in a slash comes twice, as in LinuxKit")
    func trailingSlash() throws {
        let builder = try LayoutBuilder()
        let kit = """
            files:
              - {path: /etc/x/, directory: true, mode: "0640"}
              - {path: etc/x/./y, contents: "y"}
              - {path: z, contents: "z"}
              - {path: etc/w/., directory: true}
            """
        let (assembler, _) = try assembler(builder, kit)
        let entries = try assembler.assemble().entries.map(\.entry.header)
        #expect(
            entries.map { "\($0.name) \(String($0.mode, radix: 8))" } == [
                "etc 750", "etc/x 750", "etc/x/ 640", "etc/x/./y 600", "z 600", "etc/w 700", "etc/w/. 700",
            ])
    }

    @Test("What has a name in boot and one elsewhere is in the tree that boots")
    func linksIntoBoot() throws {
        let builder = try LayoutBuilder()
        try builder.image(
            "i",
            layers: [
                [
                    .directory("boot"), .file("boot/x", "contents"), .hardLink("a", to: "boot/x"),
                    .hardLink("b", to: "boot/x"),
                ]
            ])
        let (assembler, _) = try assembler(builder, "init: [i]\n")
        let tree = try AssembledImage(body: try assembler.assemble().entries).bootTree(stamp: stamp)
        let file = try #require(tree.first { $0.path == "a" })
        #expect((file.linkCount, file.node.contents.count) == (2, 8))
        #expect(!tree.contains { $0.path.hasPrefix("boot/") })
    }

    @Test("A kernel that is a hard link is the file that it links to")
    func linkedKernel() throws {
        let builder = try LayoutBuilder()
        try builder.image(
            "k", layers: [[.file("vmlinuz", "code", mode: 0o600), .hardLink("kernel", to: "vmlinuz")]])
        let (assembler, images) = try assembler(builder, "kernel:\n  image: k\n  cmdline: c\n  tar: none\n")
        #expect(try look("boot/kernel", try assembler.assemble(), images) == "code")
    }

    @Test("An archive of modules with too many members is refused")
    func tooManyModules() throws {
        let archive = FileContents.bytes(ByteString(TestTar.archive([.file("a"), .file("b"), .file("c")])))
        var header = TarHeader(name: "kernel.tar", typeFlag: .regular)
        header.size = archive.count
        let image = [
            TarEntry(header: TarHeader(name: "kernel", typeFlag: .regular)),
            TarEntry(header: header, contents: archive),
        ]
        var placement = KernelPlacement(
            origin: EntryOrigin(source: "k", location: "kernel"), commandLine: "", binary: "kernel",
            archive: "kernel.tar", microcode: nil, stamp: stamp)
        func place() throws {
            var stream = EntryStream()
            try placement.place(
                image, kernel: { $0 },
                read: { contents in
                    guard case .bytes(let bytes) = contents else { return ByteArrayAccess([]) }
                    return ByteArrayAccess(bytes.bytes)
                }, into: &stream)
        }
        placement.maximumMembers = 3
        try place()
        placement.maximumMembers = 2
        let error = #expect(throws: AssemblyError.self) { try place() }
        #expect(error?.description.contains("kernel.tar in kernel image k has more than 2 members") == true)
    }

    @Test("A volume with an OCI layout needs nothing but its own platforms, and its layers stay packed")
    func layoutOfOtherPlatform() async throws {
        let builder = try LayoutBuilder()
        try builder.image("v", layers: [[.file("f", "x")]], platform: Platform(architecture: "arm64"))
        let kit = "volumes:\n  - name: v\n    image: v\n    format: oci\n    platforms: [linux/arm64]\n"
        let (assembler, images) = try assembler(builder, kit)
        try await images.prepare(try assembler.neededReferences, platform: amd64, jobs: 1)
        let blobs = try assembler.assemble().entries.filter {
            $0.entry.header.name.hasPrefix("containers/volumes/v/lower/blobs/sha256/")
                && $0.entry.header.typeFlag == .regular
        }
        #expect(blobs.count == 4)
        #expect(try Tool.run("find", [builder.path, "-path", "*/layers/*"]).output.isEmpty)

        let (missing, _) = try self.assembler(builder, kit.replacing("image: v", with: "image: absent"))
        let error = #expect(throws: ImageError.self) { try missing.assemble() }
        #expect(error?.reference == "docker.io/library/absent")
    }
}
