import Foundation
import Host
import TestSupport
import Testing

/// `run` looks into what it starts: the same under any name. QEMU itself is not started.
@Suite("A machine gets the firmware, the drive and the format that its image needs", .serialized)
struct RunImageTests {
    private let directory: TemporaryDirectory

    /// Every format that is a medium and can be built in one run for a PC.
    private static let formats = [
        "iso-bios", "iso-efi", "iso-efi-initrd", "iso", "raw-bios", "raw-efi", "raw", "qcow2-bios",
        "qcow2-efi", "qcow2", "aws", "vmdk", "vhd", "tar", "kernel+initrd",
    ]

    private struct Case {
        let suffix: String
        /// `-cdrom`, or QEMU's name for the format of a disk.
        let drive: String
        let isUEFI: Bool
        /// True if the other firmware finds nothing.
        var isStrict = true
    }

    private static let cases = [
        Case(suffix: ".iso", drive: "-cdrom", isUEFI: false),
        Case(suffix: "-efi.iso", drive: "-cdrom", isUEFI: true),
        Case(suffix: "-efi-initrd.iso", drive: "-cdrom", isUEFI: true),
        Case(suffix: "-hybrid.iso", drive: "-cdrom", isUEFI: false, isStrict: false),
        Case(suffix: "-bios.img", drive: "raw", isUEFI: false),
        Case(suffix: "-efi.img", drive: "raw", isUEFI: true),
        Case(suffix: "-hybrid.img", drive: "raw", isUEFI: false, isStrict: false),
        Case(suffix: ".raw", drive: "raw", isUEFI: false),
        Case(suffix: ".qcow2", drive: "qcow2", isUEFI: false),
        Case(suffix: "-efi.qcow2", drive: "qcow2", isUEFI: true),
        Case(suffix: "-hybrid.qcow2", drive: "qcow2", isUEFI: false, isStrict: false),
        Case(suffix: ".vmdk", drive: "vmdk", isUEFI: false),
        Case(suffix: ".vhd", drive: "vpc", isUEFI: false),
    ]

    init() throws {
        directory = try TemporaryDirectory()
        let cache = try SampleKit.layout()
        try directory.write("kit.yml", SampleKit.yaml)
        try directory.write("home/greeting", SampleKit.greeting)
        try SampleBootFiles.write(to: directory, "boot")
        // As large as the usual firmware; any file is one for the command line.
        try directory.write("firmware", [UInt8](repeating: 0, count: 4 << 20))
        let result = try Executable.run(
            [
                "build", "-q", "--no-sbom", "--offline", "--cache", cache.path, "--arch", "amd64", "-f",
                Self.formats.joined(separator: ","), "--bios-boot", "boot", "--efi-boot", "boot", "kit.yml",
            ], in: directory.path)
        #expect(result.status == 0, "\(result.errorText)")
    }

    private func run(_ arguments: [String], architecture: String = "amd64") throws -> Command.Result {
        try Executable.run(
            ["run", "qemu", "--dry-run", "--qemu", "true", "--accel", "tcg", "--arch", architecture]
                + arguments, in: directory.path)
    }

    /// Whether QEMU is given UEFI firmware. Where none is installed, that it is wanted shows in the error.
    private func usesUEFI(_ result: Command.Result) -> Bool {
        result.outputText.contains("if=pflash") || result.errorText.contains("no UEFI firmware")
    }

    @Test("Under every name")
    func names() throws {
        for one in Self.cases {
            for name in ["kit\(one.suffix)", "image", "server-efi.dat", "server-bios.dat"] {
                if name != "kit\(one.suffix)" {
                    try Tool.run("cp", ["--reflink=auto", "kit\(one.suffix)", name], in: directory.path)
                }
                let result = try run([name])
                #expect(usesUEFI(result) == one.isUEFI, "\(one.suffix) as \(name): \(result.outputText)")
                guard result.status == 0 else { continue }
                let part =
                    one.drive == "-cdrom"
                    ? "-cdrom \(name)" : "file=\(name),index=0,media=disk,format=\(one.drive)"
                // What is CD and disk alike is a disk by its name only.
                let isEither = one.drive == "raw" && !name.hasSuffix(".img") && !name.hasSuffix(".raw")
                #expect(
                    result.outputText.contains(part)
                        || (isEither && result.outputText.contains("-cdrom \(name)")),
                    "\(one.suffix) as \(name): \(result.outputText)")
                #expect(!result.errorText.contains("warning"), "\(result.errorText)")
            }
        }
    }

    @Test("Firmware that is asked for is used, and a warning says if it will find nothing")
    func asked() throws {
        for one in Self.cases {
            let path = "kit\(one.suffix)"
            let bios = try run(["--uefi=false", path])
            #expect(bios.status == 0 && !usesUEFI(bios), "\(bios.errorText)")
            let short = try Executable.run(
                [
                    "run", "--uefi=false", "--dry-run=true", "--qemu", "true", "--accel=tcg", "--arch=x86_64",
                    path,
                ],
                in: directory.path)
            #expect(short.outputText == bios.outputText, "\(short.errorText)")
            #expect(
                bios.errorText.contains("\(path) starts under UEFI") == one.isUEFI,
                "\(path): \(bios.errorText)")
            for flags in [
                ["--uefi", "--fw", "firmware"], ["--uefi=true", "--fw=firmware"], ["--fw", "firmware"],
            ] {
                let uefi = try run(flags + [path])
                #expect(uefi.outputText.contains("readonly=on,file=firmware"), "\(uefi.errorText)")
                #expect(
                    uefi.errorText.contains("\(path) starts under a BIOS") == (!one.isUEFI && one.isStrict),
                    "\(path): \(uefi.errorText)")
            }
        }
    }

    @Test("What cannot start is explained")
    func obstacles() throws {
        try directory.write("blank.img", [UInt8](repeating: 0, count: 1 << 20))
        #expect(try run(["blank.img"]).errorText.contains("blank.img is not bootable"))
        let other = try run(["--fw", "firmware", "kit-efi.img"], architecture: "arm64")
        #expect(other.errorText.contains("use --arch amd64"), "\(other.errorText)")
        let kernel = try run(["kit"], architecture: "arm64")
        #expect(kernel.status == 65, "\(kernel.errorText)")
        #expect(
            kernel.errorText.contains(
                "kit-kernel: a kernel for amd64, and the machine is arm64; use --arch amd64"))
        let bios = try run(["--uefi=false", "kit-efi.img"], architecture: "arm64")
        #expect(
            bios.status == 64 && bios.errorText.contains("arm64 machines have no BIOS"), "\(bios.errorText)")
        let archive = try run(["kit.tar"])
        #expect(
            archive.status == 65 && archive.errorText.contains("kit.tar: a tar archive"),
            "\(archive.errorText)")
        try Tool.run("gzip", ["-k", "kit-bios.img"], in: directory.path)
        let packed = try run(["kit-bios.img.gz"])
        #expect(packed.status == 65 && packed.errorText.contains("unpack it first"), "\(packed.errorText)")
    }

    @Test("An initrd that QEMU cannot load is refused, and a machine that is too small for one warned of")
    func initrds() throws {
        let initrd = "\(directory.path)/kit-initrd.img"
        try Tool.run("truncate", ["-s", "2147483647", initrd])
        let large = try run(["--mem", "8192", "kit"])
        #expect(large.status == 0 && large.errorText.isEmpty, "\(large.errorText)")
        let small = try run(["--mem", "512", "kit"])
        #expect(small.errorText.contains("use --mem 4159 or more"), "\(small.errorText)")
        try Tool.run("truncate", ["-s", "2147483648", initrd])
        let refused = try run(["--mem", "8192", "kit"])
        #expect(refused.status == 65 && refused.outputText.isEmpty)
        for part in ["kit-initrd.img: initrd too large (2147483648 bytes)", "-initrd", "kernel+squashfs"] {
            #expect(refused.errorText.contains(part), "\(refused.errorText)")
        }
    }

    @Test(
        "An image that may lead to other files is believed only under its own name",
        .enabled(if: Tool.available("qemu-img"), "qemu-img is not installed"))
    func forged() throws {
        try Tool.run(
            "qemu-img", ["create", "-q", "-f", "qcow2", "-F", "raw", "-b", "kit-bios.img", "forged.img"],
            in: directory.path)
        let refused = try run(["forged.img"])
        #expect(refused.status == 65 && refused.errorText.contains("may refer to other files"))
        try Tool.run("mv", ["forged.img", "own.qcow2"], in: directory.path)
        #expect(try run(["own.qcow2"]).outputText.contains("file=own.qcow2,index=0,media=disk,format=qcow2"))
    }
}
