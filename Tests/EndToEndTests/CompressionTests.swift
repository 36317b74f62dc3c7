import Bytes
import Digests
import Host
import TestSupport
import Testing

@testable import Outputs

/// `--compression`: what is compressed how, and what the kernel's configuration has to do with it.
@Suite struct CompressionTests {
    /// Several blocks of every compression: text, noise, zeros.
    private static let members: [TestMember] =
        Workshop.members + [
            .directory("etc"), file("etc/zeros", [UInt8](repeating: 0, count: 3_000_000)),
            file("etc/noise", Disks.noise(500_000)),
        ]
        + (0..<400).map { number in
            .file(
                ByteString("etc/file\(number)"),
                (0..<300).map { "line \($0 * number % 97) of \(number)\n" }.joined())
        }

    private static func file(_ name: ByteString, _ bytes: [UInt8]) -> TestMember {
        var member = TestMember.file(name)
        member.contents = bytes
        return member
    }

    private static let zstdMagic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]
    private static let gzipMagic: [UInt8] = [0x1f, 0x8b]

    private static func build(
        _ workshop: Workshop, _ name: String, _ arguments: [String], _ file: String = "good.yml"
    ) throws -> Command.Result {
        let result = try workshop.build(arguments + ["--name", name, file])
        #expect(result.status == 0, "\(result.errorText)")
        return result
    }

    private static func bytes(_ workshop: Workshop, _ name: String) throws -> [UInt8] {
        let file = try ReadableFile(path: "\(workshop.path)/\(name)")
        return try file.bytes(at: 0, length: Int(file.count), of: name)
    }

    /// gzip's are in `outputs.txt`.
    private static func checkGolden(_ part: String, _ workshop: Workshop, _ names: [String]) throws {
        let lines = try names.map { "\(SHA256Digest(hashing: try bytes(workshop, $0)).hex) \($0)" }
        try GoldenDigests.check("compression-\(part)", lines: lines)
    }

    @Test(
        "Every compression of an initrd holds the same archive",
        .enabled(if: Tool.available("gzip", "zstd"), "gzip or zstd is not installed"))
    func initrds() throws {
        let workshop = try Workshop(layers: [Self.members])
        for compression in ["gzip", "zstd", "none"] {
            _ = try Self.build(workshop, compression, ["--compression", compression])
        }
        let archive = try Self.bytes(workshop, "none-initrd.img")
        #expect(archive.starts(with: Array("070701".utf8)))
        for tool in ["gzip", "zstd"] {
            let packed = try Self.bytes(workshop, "\(tool)-initrd.img")
            #expect(packed.count < archive.count / 2, "\(tool)")
            #expect(try Tool.run(tool, ["-dc"], input: packed).output == archive, "\(tool)")
        }
        try Self.checkGolden("initrd", workshop, ["zstd", "none"].map { "\($0)-initrd.img" })
        // The same with a warm cache, another number of workers, and by default.
        _ = try Self.build(workshop, "again", ["--compression", "zstd", "--jobs", "3"])
        #expect(
            try Self.bytes(workshop, "again-initrd.img") == Self.bytes(workshop, "zstd-initrd.img"))
        _ = try Self.build(workshop, "usual", [])
        #expect(
            try Self.bytes(workshop, "usual-initrd.img") == Self.bytes(workshop, "gzip-initrd.img"))
    }

    @Test(
        "Every compression of squashfs holds the same tree",
        .enabled(if: Tool.available("unsquashfs", "diff"), "unsquashfs is not installed"))
    func squashFS() throws {
        let kernel: [TestMember] = [Self.file("kernel", SampleBootFiles.bzImage)]
        let workshop = try Workshop(layers: [Self.members])
        try workshop.builder.image("sample/kernel:1", layers: [kernel])
        try workshop.write(
            "kernel.yml",
            "kernel:\n  image: sample/kernel:1\n  tar: none\ninit:\n  - sample/thing:1\n")
        for (name, compression) in [("gzip", "gzip"), ("zstd", "zstd"), ("none", "gzip")] {
            _ = try Self.build(
                workshop, name, ["-f", "kernel+squashfs", "--compression", name], "kernel.yml")
            let path = "\(workshop.path)/\(name)-squashfs.img"
            let summary = try Tool.run("unsquashfs", ["-s", path]).outputText
            #expect(summary.contains("Compression \(compression)"), "\(name): \(summary)")
            try Tool.run("unsquashfs", ["-q", "-n", "-d", "\(workshop.path)/\(name)", path])
        }
        for name in ["zstd", "none"] {
            try Tool.run("diff", ["-r", "--no-dereference", "gzip", name], in: workshop.path)
        }
        try Self.checkGolden("squashfs", workshop, ["zstd", "none"].map { "\($0)-squashfs.img" })
        let sizes = try ["gzip", "zstd", "none"].map {
            try Self.bytes(workshop, "\($0)-squashfs.img").count
        }
        #expect(sizes[0] < sizes[2] / 2 && sizes[1] < sizes[2] / 2, "\(sizes)")
    }

    private static func configuration(_ options: String...) -> [UInt8] {
        Array(options.map { "\($0)\n" }.joined().utf8)
    }

    private static func embedding(_ configuration: [UInt8]) -> [UInt8] {
        SampleBootFiles.bzImage + Array("IKCFG_ST".utf8) + StoredGzip.compress(configuration)
            + Array("IKCFG_ED".utf8)
    }

    /// Kernel images, and whether their kernels prove that they can decompress zstd.
    private static let kernels: [(name: String, members: [TestMember], isProven: Bool)] = {
        let yes = configuration("CONFIG_RD_ZSTD=y", "CONFIG_SQUASHFS_ZSTD=y")
        let no = configuration("# CONFIG_RD_ZSTD is not set", "CONFIG_SQUASHFS_ZSTD=m")
        return [
            ("embedded", [file("kernel", embedding(yes))], true),
            ("beside", [file("kernel", SampleBootFiles.bzImage), file("config", yes)], true),
            ("unknown", [file("kernel", SampleBootFiles.bzImage)], false),
            ("disabled", [file("kernel", SampleBootFiles.bzImage), file("config", no)], false),
            ("the kernel's own counts", [file("kernel", embedding(no)), file("config", yes)], false),
        ]
    }()

    @Test("auto takes zstd if the kernel proves that it can, and says so", arguments: kernels.indices)
    func auto(index: Int) throws {
        let (name, members, isProven) = Self.kernels[index]
        let workshop = try Workshop()
        try workshop.builder.image("sample/kernel:1", layers: [members])
        try workshop.write(
            "kernel.yml", "kernel:\n  image: sample/kernel:1\n  tar: none\ninit:\n  - sample/thing:1\n")
        try SampleBootFiles.write(to: try #require(workshop.directory), "boot")
        let auto = try Self.build(workshop, "auto", ["-v", "--compression", "auto"], "kernel.yml")
        let initrd = try Self.bytes(workshop, "auto-initrd.img")
        #expect(initrd.starts(with: isProven ? Self.zstdMagic : Self.gzipMagic), "\(name)")
        let words = isProven ? "zstd, as the kernel has CONFIG_RD_ZSTD=y" : "compressed with gzip"
        #expect(auto.errorText.contains(words), "\(name): \(auto.errorText)")
        // By default: gzip in files, and what the kernel proves in disks; also with parts of an earlier output.
        let both = ["-f", "kernel+initrd,raw-bios", "--bios-boot", "boot"]
        _ = try Self.build(workshop, "usual", both, "kernel.yml")
        #expect(try Self.bytes(workshop, "usual-initrd.img").starts(with: Self.gzipMagic), "\(name)")
        let disk = try Self.bytes(workshop, "usual-bios.img")
        #expect(Self.contains(disk, initrd), "\(name)")
        _ = try Self.build(workshop, "earlier", ["-f", "tar"], "kernel.yml")
        _ = try Self.build(
            workshop, "reused", both + ["--input-tar", "earlier.tar", "--compression", "auto"], "kernel.yml")
        #expect(try Self.bytes(workshop, "reused-bios.img") == disk, "\(name)")
        // Whoever asks for zstd gets it, and a warning if the kernel says that it cannot.
        let forced = try Self.build(workshop, "forced", ["--compression", "zstd"], "kernel.yml")
        #expect(try Self.bytes(workshop, "forced-initrd.img").starts(with: Self.zstdMagic), "\(name)")
        let isRefuted = name == "disabled" || name == "the kernel's own counts"
        #expect(forced.errorText.contains("cannot decompress") == isRefuted, "\(name): \(forced.errorText)")
    }

    private static func contains(_ disk: [UInt8], _ part: [UInt8]) -> Bool {
        stride(from: 0, to: disk.count - part.count, by: 2048).contains {
            disk[$0..<$0 + part.count].elementsEqual(part)
        }
    }

    @Test("A configuration is about the kernel of its image, and not about one that replaces it")
    func replaced() throws {
        let workshop = try Workshop()
        let yes = Self.configuration("CONFIG_RD_ZSTD=y")
        try workshop.builder.image(
            "sample/kernel:1",
            layers: [[Self.file("kernel", SampleBootFiles.bzImage), Self.file("config", yes)]])
        try workshop.write("other", "another kernel")
        try workshop.write(
            "kernel.yml",
            "kernel:\n  image: sample/kernel:1\n  tar: none\ninit:\n  - sample/thing:1\n"
                + "files:\n  - {path: boot/kernel, source: other}\n")
        _ = try Self.build(workshop, "auto", ["--compression", "auto"], "kernel.yml")
        #expect(try Self.bytes(workshop, "auto-initrd.img").starts(with: Self.gzipMagic))
    }

    @Test("Formats without an initrd or squashfs have nothing to compress")
    func unused() throws {
        let result = try Self.build(
            try Workshop(), "x", ["-f", "tar,docker", "--compression", "zstd"])
        #expect(
            result.errorText.contains(
                "--compression is for initrds and squashfs, which tar, docker do not have"),
            "\(result.errorText)")
    }
}
