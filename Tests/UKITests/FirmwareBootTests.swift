import Bytes
import Digests
import FileTree
import Foundation
import Host
import TestSupport
import Testing
import UKI

/// Firmware starts the image: OVMF under QEMU, from a FAT volume that mtools makes.
@Suite(
    "An image in firmware",
    .enabled(
        if: Tool.available("qemu-system-x86_64", "mformat", "mcopy", "cpio", "busybox")
            && BootInputs.areThere,
        "needs QEMU, OVMF, mtools, cpio, busybox, systemd-boot-efi and ../shared/kernel"))
struct FirmwareBootTests {
    @Test("starts the kernel with the initrd and the command line", .timeLimit(.minutes(3)))
    func boot() throws {
        let directory = try TemporaryDirectory()
        var store = Files()
        let image = try UnifiedKernelImage(
            stub: DebianStub.bytes(), machine: .amd64,
            kernel: KernelImage(
                ByteArrayAccess(Array(try Data(contentsOf: URL(fileURLWithPath: BootInputs.kernel))))),
            parts: [
                .init(.linux, try store.add(BootInputs.kernel)),
                .init(.initrd, try store.add(initrd(in: directory))),
                .init(.commandLine, text: "console=ttyS0 panic=-1 quiet marker=from-the-section"),
                .init(.osRelease, text: "ID=test\nNAME=Test\n"),
            ])
        var sink = ByteArraySink()
        try image.extents.write(to: &sink, from: store)
        try directory.write("uki.efi", sink.bytes)
        let volume = "\(directory.path)/volume"
        try Tool.run("mformat", ["-C", "-i", volume, "-T", "49152", "-h", "16", "-s", "63", "::"])
        try Tool.run("mmd", ["-i", volume, "::/EFI", "::/EFI/BOOT"])
        try Tool.run("mcopy", ["-i", volume, "\(directory.path)/uki.efi", "::/EFI/BOOT/BOOTX64.EFI"])
        let arguments = [
            "-machine", "q35,accel=tcg", "-m", "512", "-nographic", "-no-reboot", "-net", "none", "-bios",
            BootInputs.firmware, "-drive", "file=\(volume),format=raw,if=virtio",
        ]
        let console = try Command("qemu-system-x86_64", arguments, timeLimit: 150).run().outputText
        #expect(console.contains("READY release=6.1"), "\(console.suffix(2000))")
        #expect(console.contains("marker=from-the-section"))
    }

    private func initrd(in directory: TemporaryDirectory) throws -> String {
        let root = "\(directory.path)/root"
        try directory.write(
            "root/init",
            """
            #!/busybox sh
            /busybox mkdir /proc
            /busybox mount -t proc none /proc
            echo "READY release=$(/busybox uname -r)"
            /busybox cat /proc/cmdline
            /busybox poweroff -f

            """)
        let busybox = try #require(Command.find("busybox"))
        try Tool.run("cp", [busybox, "\(root)/busybox"])
        try Tool.run("chmod", ["755", "\(root)/busybox", "\(root)/init"])
        let archive = try Tool.run(
            "cpio", ["-o", "-H", "newc", "--quiet", "--owner=0:0"], in: root,
            input: Array("init\nbusybox\n".utf8))
        return try directory.write("initrd", archive.output)
    }
}

private enum BootInputs {
    static let kernel =
        "\((Conformance.root as NSString).deletingLastPathComponent)/shared/kernel/bzImage"
    static let firmware = "/usr/share/ovmf/OVMF.fd"

    static var areThere: Bool {
        FileManager.default.fileExists(atPath: kernel)
            && (Tool.isCI || FileManager.default.fileExists(atPath: firmware)) && DebianStub.exists
    }
}

/// Files of this machine as blobs.
private struct Files: BlobStore {
    private var blobs: [SHA256Digest: [UInt8]] = [:]

    mutating func add(_ path: String) throws -> ExtentMap {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let digest = SHA256Digest(hashing: bytes)
        blobs[digest] = bytes
        return ExtentMap(
            .blob(digest: digest, offset: 0, length: UInt64(bytes.count), contentDigest: digest))
    }

    func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes {
        guard let bytes = blobs[digest] else { throw .unexpectedEnd(of: "blob", offset: 0) }
        return ByteArrayAccess(bytes)
    }
}
