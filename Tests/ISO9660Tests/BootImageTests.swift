import Bytes
import Digests
import FileTree
import Foundation
import Host
import ISO9660
import TestSupport
import Testing

@Suite(
    "isolinux", .enabled(if: Linux.exists, "the kernel for tests is not beside the project"),
    .enabled(
        if: Tool.available("qemu-system-x86_64", "busybox", "cpio") && Isolinux.exists,
        "qemu-system-x86_64, busybox, cpio or isolinux is not installed"))
struct BIOSBootTests {
    @Test("boots Linux from a CD and from a disk", arguments: ["-cdrom", "-hda"])
    func boot(_ drive: String) throws {
        let directory = try TemporaryDirectory()
        let tree = try Image.tree([
            ("isolinux/ldlinux.c32", Image.file(ByteString(try Isolinux.read(Isolinux.library)))),
            ("isolinux/isolinux.cfg", Image.file(ByteString(Isolinux.configuration))),
            ("kernel", Image.file(ByteString(try Isolinux.read(Linux.kernel)))),
            ("initrd.img", Image.file(ByteString(try Linux.initrd(Self.script)))),
        ])
        var options = Image.options()
        options.bootEntries = [.bios(try Isolinux.read(Isolinux.image))]
        options.sizeAlignment = 1 << 20
        let image = try ISO9660Image(tree: tree, options: options)
        let area = Isolinux.systemArea(
            code: try Isolinux.read(Isolinux.code), image: image.bootImages[0], size: image.count)
        var sink = ByteArraySink()
        try image.extents(systemArea: area).write(to: &sink, from: CorpusStore())
        let file = try directory.write("image.iso", sink.bytes)
        let result = try Command(
            "qemu-system-x86_64",
            [
                "-machine", "pc,accel=tcg", "-m", "512", "-nographic", "-no-reboot", "-net", "none",
                "-snapshot",
                drive, file,
            ], timeLimit: 120
        ).run()
        #expect(result.outputText.contains("it runs"), "\(result.outputText.suffix(2000))")
    }

    private static let script = """
        #!/busybox sh
        echo it runs
        /busybox poweroff -f

        """
}

/// The boot loader's files, and the master boot record that leads to it.
enum Isolinux {
    static let image = "/usr/lib/ISOLINUX/isolinux.bin"
    static let code = "/usr/lib/ISOLINUX/isohdpfx.bin"
    static let library = "/usr/lib/syslinux/modules/bios/ldlinux.c32"

    static let configuration = """
        serial 0
        default linux
        prompt 0
        label linux
          kernel /kernel
          initrd /initrd.img
          append console=ttyS0 panic=-1 quiet rdinit=/init

        """

    static var exists: Bool {
        Tool.isCI || [image, code, library].allSatisfy { FileManager.default.fileExists(atPath: $0) }
    }

    static func read(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// 432 bytes of code, the boot image's sector of 512 bytes, and one active partition from sector 0 on.
    static func systemArea(code: [UInt8], image: ISO9660Location, size: UInt64) -> [UInt8] {
        var area = Array(code.prefix(432))
        area.append(little: UInt64(image.sector) * 4)
        area.append(little: UInt32(0x1234_5678))
        area.append(zeros: 2)
        area += [0x80, 0, 1, 0, 0x17, 0xFE, 0xFF, 0xFF]
        area.append(little: UInt32(0))
        area.append(little: UInt32(size / 512))
        area.append(zeros: 48)
        return area + [0x55, 0xAA]
    }
}
