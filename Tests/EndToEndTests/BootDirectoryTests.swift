import Bytes
import Host
import TestSupport
import Testing

/// What isolinux needs is where it looks, or is missed before anything is written.
@Suite("Boot files of isolinux") struct BootDirectoryTests {
    private static let kit =
        "kernel:\n  image: sample/kernel:1\n  tar: none\ninit:\n  - sample/thing:1\n"

    private func workshop(_ members: [TestMember]) throws -> Workshop {
        let workshop = try Workshop(layers: [members])
        var kernel = TestMember.file("kernel")
        kernel.contents = SampleBootFiles.bzImage
        try workshop.builder.image("sample/kernel:1", layers: [[kernel]])
        try workshop.write("kit.yml", Self.kit)
        try SampleBootFiles.write(to: #require(workshop.directory), "boot")
        return workshop
    }

    @Test(
        "A root file system whose boot directory is a link has them beside it, as isolinux follows no links",
        .enabled(if: Tool.available("bsdtar"), "bsdtar is not installed"),
        arguments: ["usr/boot", "/usr"])
    func linkedDirectory(target: String) throws {
        let workshop = try workshop([
            .directory("usr"), .directory("usr/boot"), .symlink("boot", to: ByteString(target)),
        ])
        let result = try workshop.build(["-f", "iso-bios", "--bios-boot", "boot", "kit.yml"])
        #expect(result.status == 0, "\(result.errorText)")
        let names = try Tool.run("bsdtar", ["-tf", "kit.iso"], in: workshop.path).outputText.split(
            separator: "\n")
        for name in ["isolinux/isolinux.cfg", "isolinux/ldlinux.c32", "isolinux/kernel"] {
            #expect(names.contains(Substring(name)), "\(names)")
        }
        let text = try Tool.run("bsdtar", ["-xOf", "kit.iso", "isolinux/isolinux.cfg"], in: workshop.path)
            .outputText
        #expect(text.contains("KERNEL /isolinux/kernel\n"), "\(text)")
        #expect(!names.contains("usr/boot/kernel"))
    }

    @Test("Where links are in every way it is told")
    func linksEverywhere() throws {
        let workshop = try workshop([
            .symlink("boot", to: "usr"), .symlink("isolinux", to: "usr"), .directory("usr"),
        ])
        try workshop.expectFailure(
            ["-f", "iso-bios", "--bios-boot", "boot", "kit.yml"], status: 65,
            saying: ["iso-bios", "/boot/isolinux", "/isolinux", "symbolic link"])
    }

    @Test(
        "Files that can start nothing are refused by name",
        arguments: [
            ("isohdpfx.bin", 0), ("isohdpfx.bin", 10), ("isohdpfx.bin", 864), ("ldlinux.c32", 0),
            ("isolinux.bin", 0), ("isolinux.bin", 40), ("isolinux.bin", 1 << 20),
        ])
    func useless(name: String, size: Int) throws {
        let workshop = try workshop(Workshop.members)
        try #require(workshop.directory).write("boot/\(name)", [UInt8](repeating: 0, count: size))
        try workshop.expectFailure(
            ["-f", "raw-bios", "--bios-boot", "boot", "kit.yml"], status: 65,
            saying: [name, "the directory boot", "packages/boot-bios"])
    }
}
