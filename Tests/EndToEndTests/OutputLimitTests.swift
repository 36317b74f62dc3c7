import Bytes
import Host
import TestSupport
import Testing

/// What would build and not come up whole is refused before any work, with what to use instead.
@Suite("Limits that are known before a build") struct OutputLimitTests {
    private func workshop(_ files: String) throws -> Workshop {
        let workshop = try Workshop()
        var kernel = TestMember.file("kernel")
        kernel.contents = SampleBootFiles.bzImage
        try workshop.builder.image("sample/kernel:1", layers: [[kernel]])
        try workshop.write("kit.yml", "kernel:\n  image: sample/kernel:1\n  tar: none\n\(files)")
        try SampleBootFiles.write(to: #require(workshop.directory), "boot")
        return workshop
    }

    private func sparse(_ workshop: Workshop, _ size: String) throws {
        try Tool.run("truncate", ["-s", size, "large"], in: workshop.path)
    }

    @Test(
        "A source of 2 GiB is refused by name where it would go into an initrd",
        arguments: ["kernel+initrd", "tar-kernel-initrd", "iso-efi-initrd", "raw-bios", "qcow2", "gcp"])
    func source(format: String) throws {
        // The image does not exist: nothing is pulled before.
        let workshop = try workshop(
            "init:\n  - sample/absent:1\nfiles:\n  - {path: /srv/large, source: large}\n")
        try sparse(workshop, "2G")
        try workshop.expectFailure(
            ["-f", format, "--bios-boot", "boot", "--efi-boot", "boot", "kit.yml"], status: 65,
            saying: ["\(format): /srv/large is 2048 MiB", "2 GiB", "initrd", "kernel+squashfs"])
    }

    @Test("What is replaced later, or lies in boot, is not in the initrd")
    func replaced() throws {
        let workshop = try workshop(
            "files:\n  - {path: srv/large, source: large}\n  - {path: /srv/large, contents: small}\n")
        try sparse(workshop, "2G")
        let result = try workshop.build(["-q", "-f", "kernel+initrd", "kit.yml"])
        #expect(!result.errorText.contains("Linux stops unpacking"), "\(result.errorText)")
    }

    /// The sample kernel with an `initrd_addr_max` that leaves 64 KiB behind the first MiB, and 100 KiB of noise.
    private func crowded() throws -> Workshop {
        var kernel = SampleBootFiles.bzImage
        kernel.store(little: UInt32(0x10_FFFF), at: 0x22c)
        let workshop = try workshop("init:\n  - sample/noise:1\n")
        var state: UInt32 = 1
        var noise = TestMember.file("noise")
        noise.contents = (0..<100 << 10).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
        try workshop.builder.image("sample/noise:1", layers: [[noise]])
        var member = TestMember.file("kernel")
        member.contents = kernel
        try workshop.builder.image("sample/kernel:1", layers: [[member]])
        return workshop
    }

    @Test(
        "An initrd beyond the kernel's initrd_addr_max is refused under a BIOS",
        arguments: ["raw-bios", "iso", "raw", "qcow2-bios", "aws", "gcp", "vhd", "dynamic-vhd", "vmdk"])
    func crowdedMemory(format: String) throws {
        try crowded().expectFailure(
            ["-f", format, "--bios-boot", "boot", "--efi-boot", "boot", "kit.yml"], status: 65,
            saying: ["\(format): the initrd is larger than", "isolinux", "iso-bios"], goodBuildFollows: false)
    }

    @Test(
        "Where a BIOS has no part in it, such an initrd works, or may work",
        arguments: ["raw-efi", "kernel+initrd"])
    func otherMemory(format: String) throws {
        let result = try crowded().build(["-q", "-f", format, "--efi-boot", "boot", "kit.yml"])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(
            result.errorText.contains("QEMU's -initrd") == (format == "kernel+initrd"), "\(result.errorText)")
    }

    @Test("Azure's smallest disk", arguments: ["vhd", "dynamic-vhd"])
    func azure(format: String) throws {
        let workshop = try workshop("")
        let arguments = ["-f", format, "--bios-boot", "boot"]
        try workshop.expectFailure(
            arguments + ["--size", "19M", "kit.yml"], status: 65,
            saying: [format, "19 MiB", "Azure", "20 MiB"])
        let result = try workshop.build(arguments + ["-q", "kit.yml"])
        #expect(result.status == 0, "\(result.errorText)")
        let bytes = try #require(try workshop.directory?.read("kit.vhd"))
        if format == "vhd" { #expect(bytes.count == 20_972_032) }
        // Current size, in the footer.
        #expect(
            Array(bytes.suffix(512)[(bytes.count - 512 + 48)..<(bytes.count - 512 + 56)]) == [
                0, 0, 0, 0, 1, 0x40, 0, 0,
            ])
    }

    @Test("A size that Google's step rounds up is reported")
    func google() throws {
        let workshop = try workshop("")
        let result = try workshop.build(
            ["-q", "-f", "gcp", "--size", "100", "--bios-boot", "boot", "kit.yml"])
        #expect(result.status == 0)
        #expect(
            result.errorText
                == "warning: gcp: disk sizes are whole GiB, so --size 100 MiB becomes 1 GiB\n")
    }

    @Test("iso-bios is a disk as well: boot code, a partition over all of it, and the CD behind")
    func hybrid() throws {
        let workshop = try workshop("init:\n  - sample/thing:1\n")
        let result = try workshop.build(["-q", "-f", "iso-bios", "--bios-boot", "boot", "kit.yml"])
        #expect(result.status == 0, "\(result.errorText)")
        let bytes = try #require(try workshop.directory?.read("kit.iso"))
        let code = try #require(try workshop.directory?.read("boot/isohdpfx.bin"))
        #expect(Array(bytes[..<432]) == code)
        #expect(Array(bytes[510..<512]) == [0x55, 0xAA])
        #expect(bytes.count % (1 << 20) == 0)
        // An active partition of type 0x17 from the first sector to the last.
        #expect(bytes[446] == 0x80 && bytes[450] == 0x17)
        #expect(bytes.little(UInt32.self, at: 454) == 0)
        #expect(bytes.little(UInt32.self, at: 458) == UInt32(bytes.count / 512))
        // Where isolinux.bin is, in sectors of 512 bytes.
        let sector = try #require(bytes.little(UInt64.self, at: 432))
        let image = try #require(try workshop.directory?.read("boot/isolinux.bin"))
        let start = Int(sector) * 512
        #expect(Array(bytes[start + 64..<start + image.count]) == Array(image[64...]))
        // The volume ends where its descriptor says, and zeros follow.
        let volume = Int(try #require(bytes.little(UInt32.self, at: 32_768 + 80))) * 2048
        #expect(volume <= bytes.count && bytes.count - volume < 1 << 20)
        #expect(bytes[volume...].allSatisfy { $0 == 0 })
    }
}
