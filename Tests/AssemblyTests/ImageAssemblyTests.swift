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
        let images = CachedImages(layout: builder.layout, cacheFolder: "\(builder.folder.path)/cache")
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
                    .file("Dockerfile", "FROM"), .folder("app"),
                    .hardLink("app/Dockerfile", to: "./Dockerfile"),
                    .hardLink("app/second", to: "Dockerfile"), .hardLink("app/third", to: "app/Dockerfile"),
                    .folder("etc"), .file("etc/hosts", "mine"), .hardLink("etc/hosts.orig", to: "etc/hosts"),
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

    @Test("What has a name in boot and one elsewhere is in the tree that boots")
    func linksIntoBoot() throws {
        let builder = try LayoutBuilder()
        try builder.image(
            "i",
            layers: [
                [
                    .folder("boot"), .file("boot/x", "contents"), .hardLink("a", to: "boot/x"),
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
