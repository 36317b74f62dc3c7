import Host
import TestSupport
import Testing

/// The SD card's files as bsdtar and U-Boot's own tools see them.
@Suite(
    "What is for a Raspberry Pi is what other tools take it for",
    .enabled(
        if: Tool.available("bsdtar", "bsdcpio", "gzip", "mkimage", "dumpimage"),
        "bsdtar, bsdcpio, gzip, mkimage or dumpimage is not installed"))
struct RaspberryPiOracleTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try Tool.run("bsdtar", ["-xf", try SampleOutputs.path("rpi3")], in: directory.path)
    }

    /// The data of an image, its checksums checked by dumpimage.
    private func data(of name: String, type: String) throws -> [UInt8] {
        let arguments = ["-T", type, "-p", "0", "-o", "data", name]
        try Tool.run("dumpimage", arguments, in: directory.path)
        return try directory.read("data")
    }

    @Test("bsdtar finds the firmware, U-Boot and what that starts")
    func files() throws {
        let names = try directory.list()
        for name in [
            "boot.scr", "bootcode.bin", "config.txt", "fixup.dat", "initrd.uimg", "kernel.uimg", "start.elf",
            "u-boot.bin",
        ] {
            #expect(names.contains(name), "\(name) is not among \(names)")
        }
    }

    @Test(
        "mkimage names each image",
        arguments: [
            ("kernel.uimg", "AArch64 Linux Kernel Image"), ("initrd.uimg", "AArch64 Linux RAMDisk Image"),
            ("boot.scr", "AArch64 Linux Script"),
        ])
    func kinds(_ name: String, _ kind: String) throws {
        let text = try Tool.run("mkimage", ["-l", name], in: directory.path).outputText
        #expect(text.contains(kind), "\(text)")
    }

    @Test("dumpimage takes out the kernel, the initrd and the script")
    func contents() throws {
        let kernel = try data(of: "kernel.uimg", type: "kernel")
        #expect(kernel[0x38..<0x3C].elementsEqual("ARM\u{64}".utf8))
        // Microcode stands in front, uncompressed.
        let initrd = try data(of: "initrd.uimg", type: "ramdisk")
        let start = try #require(initrd.indices.first { initrd[$0...].starts(with: [0x1F, 0x8B, 8]) })
        let archive = try Tool.run("gzip", ["-dc"], input: Array(initrd[start...])).output
        let names = try Tool.run("bsdcpio", ["-it", "--quiet"], input: archive).outputText
        #expect(names.split(separator: "\n").contains("bin/busybox"))
        // A table of sizes is before it.
        let script = try directory.read("boot.script")
        #expect(try data(of: "boot.scr", type: "script").suffix(script.count).elementsEqual(script))
    }
}
