import Bytes
import FileTree
import KitConfig
import OCI
import Tar
import TestSupport
import Testing

@testable import Assembly

@Suite("Files of an image are found through its links")
struct ImageLinksTests {
    private func links(_ members: [TestMember]) -> ImageLinks {
        ImageLinks(
            members.map { member in
                let type = TarTypeFlag(rawValue: member.type.asciiValue ?? 0) ?? .regular
                var header = TarHeader(name: member.name, typeFlag: type)
                header.linkName = member.link
                return TarEntry(header: header, contents: .bytes(ByteString(member.contents)))
            })
    }

    @Test(
        "Relative, absolute and chained links, directories behind links, hard links",
        arguments: [
            [TestMember.symlink("kernel", to: "boot/vmlinuz")],
            [.symlink("kernel", to: "/boot/vmlinuz")],
            [.symlink("kernel", to: "./boot/../boot//vmlinuz")],
            [.symlink("kernel", to: "../../../boot/vmlinuz")],
            [
                .symlink("kernel", to: "a/b"), .symlink("a/b", to: "../boot/c"),
                .symlink("boot/c", to: "vmlinuz"),
            ],
            [.symlink("kernel", to: "dir/vmlinuz"), .symlink("dir", to: "boot")],
            [
                .symlink("kernel", to: "usr/x/vmlinuz"), .symlink("usr", to: "/y"),
                .symlink("y/x", to: "../boot"),
            ],
            [.hardLink("kernel", to: "boot/vmlinuz")],
            [.hardLink("kernel", to: "link"), .symlink("link", to: "boot/vmlinuz")],
            [
                .symlink("kernel", to: "hard"), .hardLink("hard", to: "other"),
                .hardLink("other", to: "boot/vmlinuz"),
            ],
        ])
    func found(_ members: [TestMember]) throws {
        let links = links([.directory("boot"), .file("boot/vmlinuz", "code")] + members)
        let (file, index) = try #require(try links.file(at: "kernel"))
        #expect(file.contents == .bytes("code"))
        #expect(index == 1)
    }

    @Test("A path with links in its directories needs no entry of its own")
    func throughDirectories() throws {
        let links = links([.symlink("lib", to: "usr/lib"), .file("usr/lib/ucode", "code")])
        #expect(try links.file(at: "lib/ucode")?.entry.contents == .bytes("code"))
        #expect(try links.file(at: "/lib/ucode")?.index == 1)
        #expect(try links.file(at: "lib/absent")?.index == nil, "the link itself is not broken")
        #expect(try links.file(at: "absent")?.index == nil)
    }

    @Test("What leads nowhere is named with its target")
    func broken() {
        let links = links([
            .symlink("dangling", to: "first"), .symlink("first", to: "gone/kernel"), .symlink("a", to: "b"),
            .symlink("b", to: "a"), .symlink("self", to: "self"), .directory("folder"), .file("file"),
            .symlink("below", to: "file/x"), .symlink("through", to: "d/none"), .symlink("d", to: "folder"),
        ])
        #expect(throws: ImageLinks.Problem.dangling(link: "first", target: "gone/kernel")) {
            try links.file(at: "dangling")
        }
        #expect(throws: ImageLinks.Problem.dangling(link: "below", target: "file/x")) {
            try links.file(at: "below")
        }
        #expect(throws: ImageLinks.Problem.dangling(link: "through", target: "d/none")) {
            try links.file(at: "through")
        }
        #expect(throws: ImageLinks.Problem.circular(link: "self", target: "self")) {
            try links.file(at: "self")
        }
        #expect(throws: ImageLinks.Problem.self) { try links.file(at: "a") }
        #expect(throws: ImageLinks.Problem.notRegular(path: "folder")) { try links.file(at: "folder") }
    }

    private func kernel(
        in builder: LayoutBuilder, _ members: [TestMember], _ more: String = ""
    ) throws -> (Assembler, CachedImages) {
        try builder.image("k", layers: [members])
        let images = CachedImages(layout: builder.layout, cacheDirectory: "\(builder.directory.path)/cache")
        let text = "kernel:\n  image: k\n  cmdline: c\n\(more)"
        let kit = try KitLoader().load([KitSource(name: "kit.yml", text: text)]).kit
        return (
            Assembler(
                kit: kit, platform: Platform(architecture: "amd64"), images: images, stamp: BuildStamp()),
            images
        )
    }

    @Test("Kernel, archive of modules and microcode behind links")
    func kernelParts() throws {
        var archive = TestMember("usr/lib/modules.tar", type: "0")
        archive.contents = TestTar.archive([.directory("lib"), .file("lib/a.ko", "module")])
        let builder = try LayoutBuilder()
        let (assembler, images) = try kernel(
            in: builder,
            [
                .symlink("boot", to: "usr/boot"), .symlink("kernel", to: "boot/vmlinuz"),
                .symlink("kernel.tar", to: "/lib/modules.tar"), .symlink("lib", to: "usr/lib"), archive,
                .file("usr/boot/vmlinuz", "code", mode: 0o600), .file("usr/boot/ucode", "microcode"),
            ], "  ucode: boot/ucode\n")
        let entries = try assembler.assemble().entries.map(\.entry)
        #expect(
            entries.map(\.header.name.text) == [
                "boot", "boot/cmdline", "boot/kernel", "lib", "lib/a.ko", "boot/ucode.cpio",
            ])
        #expect(entries[2].header.mode == 0o600)
        for (entry, text) in [(entries[2], "code"), (entries[4], "module"), (entries[5], "microcode")] {
            var sink = ByteArraySink()
            try images.copy(entry.contents, to: &sink)
            #expect(String(decoding: sink.bytes, as: UTF8.self) == text)
        }
    }

    @Test("A broken link to the kernel is an error that names link and target")
    func brokenKernel() throws {
        for (members, words) in [
            ([TestMember.symlink("kernel", to: "boot/none")], ["kernel", "boot/none", "not in the image"]),
            ([.symlink("kernel", to: "kernel")], ["kernel", "circular"]),
        ] {
            let builder = try LayoutBuilder()
            let (assembler, _) = try kernel(in: builder, members, "  tar: none\n")
            let error = #expect(throws: AssemblyError.self) { try assembler.assemble() }
            for word in words {
                #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
            }
        }
    }
}
