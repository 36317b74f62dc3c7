import Running
import Testing

@Suite struct BootSourceTests {
    private static func source(
        _ path: String, _ kind: BootSource.Kind? = nil, files: Set<String>
    ) throws(BootSourceError) -> BootSource {
        try BootSource(path: path, kind: kind) { files.contains($0) }
    }

    @Test(
        "A file is a CD or a disk by its name",
        arguments: [
            ("a.iso", QEMUCommandLine.Boot.cd(path: "a.iso"), "a", false),
            ("a-efi.iso", .cd(path: "a-efi.iso"), "a", true),
            ("a-efi-initrd.iso", .cd(path: "a-efi-initrd.iso"), "a", true),
            ("a-hybrid.iso", .cd(path: "a-hybrid.iso"), "a", false),
            ("a-bios.img", .disk(.init(path: "a-bios.img", format: "raw")), "a", false),
            ("a-efi.img", .disk(.init(path: "a-efi.img", format: "raw")), "a", true),
            ("a.raw", .disk(.init(path: "a.raw", format: "raw")), "a", false),
            ("a.qcow2", .disk(.init(path: "a.qcow2", format: "qcow2")), "a", false),
            ("a-efi.qcow2", .disk(.init(path: "a-efi.qcow2", format: "qcow2")), "a", true),
            ("a.vhd", .disk(.init(path: "a.vhd", format: "vpc")), "a", false),
            ("a.vmdk", .disk(.init(path: "a.vmdk", format: "vmdk")), "a", false),
            ("/dev/sdz", .disk(.init(path: "/dev/sdz")), "/dev/sdz", false),
            (".iso", .cd(path: ".iso"), ".iso", false),
        ])
    func files(path: String, boot: QEMUCommandLine.Boot, baseName: String, wantsUEFI: Bool) throws {
        let source = try Self.source(path, files: [path])
        #expect(source.boot == boot)
        #expect(source.baseName == baseName)
        #expect(source.wantsUEFI == wantsUEFI)
        #expect(source.commandLinePath == nil)
    }

    @Test("What is no file is a kernel's base name, with the first of what belongs to it")
    func parts() throws {
        var files: Set = ["d/a-kernel"]
        func boot(_ kind: BootSource.Kind? = nil) throws -> QEMUCommandLine.Boot {
            try Self.source("d/a", kind, files: files).boot
        }
        func root(_ path: String) -> QEMUCommandLine.Boot {
            .kernelAndRoot(path: "d/a-kernel", root: path, commandLine: "")
        }
        func kernel(_ initrd: String?) -> QEMUCommandLine.Boot {
            .kernel(path: "d/a-kernel", initrd: initrd, commandLine: "")
        }
        #expect(try boot() == kernel(nil))
        files.insert("d/a.iso")
        #expect(try boot() == root("d/a.iso"))
        #expect(try boot(.iso) == root("d/a.iso"))
        files.insert("d/a-erofs.img")
        #expect(try boot() == root("d/a-erofs.img"))
        files.insert("d/a-squashfs.img")
        #expect(try boot() == root("d/a-squashfs.img"))
        #expect(try boot(.erofs) == root("d/a-erofs.img"))
        files.insert("d/a-initrd.img")
        #expect(try boot() == kernel("d/a-initrd.img"))
        #expect(try boot(.squashfs) == root("d/a-squashfs.img"))
        #expect(try boot(.kernel) == kernel("d/a-initrd.img"))
        #expect(try Self.source("d/a", files: files).commandLinePath == "d/a-cmdline")
    }

    @Test("An option says what the path is, whatever else is there")
    func kinds() throws {
        let files: Set = ["a", "a-kernel", "a-initrd.img", "cd"]
        #expect(
            try Self.source("a", .kernel, files: files).boot
                == .kernel(path: "a-kernel", initrd: "a-initrd.img", commandLine: ""))
        #expect(try Self.source("a", files: files).boot == .disk(.init(path: "a")))
        #expect(try Self.source("cd", .iso, files: files).boot == .cd(path: "cd"))
    }

    @Test("What is not there is named")
    func missing() {
        func missing(_ kind: BootSource.Kind?, _ files: Set<String>) -> [String] {
            do throws(BootSourceError) {
                _ = try Self.source("a", kind, files: files)
                return []
            } catch { return error.missing }
        }
        #expect(missing(nil, []) == ["a", "a-kernel"])
        #expect(missing(.kernel, ["a"]) == ["a-kernel"])
        #expect(missing(.squashfs, ["a-kernel", "a-initrd.img"]) == ["a-squashfs.img"])
        #expect(missing(.erofs, ["a-kernel"]) == ["a-erofs.img"])
        #expect(missing(.iso, ["a-kernel"]) == ["a.iso"])
    }

    @Test("The virt boards take a flash of one size; other firmware is a ROM")
    func firmware() {
        func firmware(_ size: UInt64, _ architecture: GuestArchitecture) -> UEFIFirmware {
            UEFIFirmware(path: "f", size: size, architecture: architecture)
        }
        #expect(firmware(2 << 20, .amd64) == .flash("f"))
        #expect(firmware(2 << 20, .arm64) == .rom("f"))
        #expect(firmware(64 << 20, .arm64) == .flash("f"))
        #expect(firmware(32 << 20, .riscv64) == .flash("f"))
        var line = QEMUCommandLine(architecture: .arm64, boot: .cd(path: "a.iso"))
        line.firmware = .rom("f")
        #expect(line.arguments.joined(separator: " ").contains("-bios f"))
    }
}
