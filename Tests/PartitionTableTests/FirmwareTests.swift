import Bytes
import Digests
import FAT
import FileTree
import Foundation
import Host
import PartitionTable
import TestSupport
import Testing

/// UEFI firmware finds an EFI system partition of ours in a disk of ours, and boots from it.
@Suite struct FirmwareTests {
    private static let firmware = "/usr/share/ovmf/OVMF.fd"
    private static let loader = "/usr/lib/systemd/boot/efi/systemd-bootx64.efi"

    private static var isPossible: Bool {
        let files = [firmware, loader, MountedImage.kernel]
        return files.allSatisfy(FileManager.default.fileExists(atPath:))
            && Tool.available("qemu-system-x86_64", "busybox", "cpio")
    }

    private enum Table: CaseIterable {
        case gpt
        case mbr
        /// A GPT whose MBR has an entry for the partition too.
        case hybrid
    }

    private static let cases: [(FATType, Table)] = [(.fat16, .gpt), (.fat32, .hybrid), (.fat12, .mbr)]

    @Test(
        "OVMF boots a kernel from FAT12, FAT16 and FAT32 in a GPT, an MBR and a hybrid disk",
        .enabled(if: isPossible, "OVMF, systemd-boot, QEMU, busybox or the kernel for tests is missing"),
        arguments: cases)
    private func boots(_ type: FATType, _ table: Table) throws {
        let directory = try TemporaryDirectory()
        let volume = try FATVolume(
            files: Self.files(in: directory),
            options: FATOptions(
                label: "ESP", stamp: BuildStamp(), type: type, hiddenSectors: table == .hybrid ? 64 : 2048))
        let path = try directory.write("disk", Disk.bytes(Self.disk(volume, table)))
        let result = try Command(
            "qemu-system-x86_64",
            [
                "-machine", "q35,accel=tcg", "-m", "512", "-nographic", "-no-reboot", "-net", "none",
                "-bios", Self.firmware, "-drive", "file=\(path),format=raw,if=virtio,readonly=on",
            ], timeLimit: 120
        ).run()
        #expect(result.outputText.contains("booted from vda1"), "\(result.outputText.suffix(2000))")
    }

    private static func disk(_ volume: FATVolume, _ table: Table) throws -> ExtentMap {
        switch table {
        case .gpt: return try DiskLayout.gpt([.efiSystem(volume.extents)], stamp: BuildStamp()).extents
        case .mbr: return try DiskLayout.mbr([.efiSystem(volume.extents)], stamp: BuildStamp()).extents
        case .hybrid:
            var image = ExtentMap()
            image.append(zeros: 32768)
            image.append(volume.extents)
            let window = DiskLayout.Window(32768..<image.count, type: .efiSystem, name: "ESP")
            let sectors = UInt32(image.count / 512) - 64
            return try DiskLayout.hybrid(image, windows: [window], stamp: BuildStamp()) { _ in
                [
                    MBRPartition(type: 0xEE, firstSector: 1, sectorCount: 63),
                    MBRPartition(type: 0xEF, firstSector: 64, sectorCount: sectors, isActive: true),
                ]
            }.extents
        }
    }

    /// systemd-boot with one entry, whose file has a long name, a kernel and an initrd.
    private static func files(in directory: TemporaryDirectory) throws -> [FATFile] {
        func file(_ path: ByteString, _ contents: [UInt8]) -> FATFile {
            FATFile(
                path: path, contents: ExtentMap(.bytes(ByteString(contents))), modified: BuildStamp().time)
        }
        // An emulated machine on a busy host can be too slow for the check of its timer, which then ends in a panic.
        let entry = """
            title Linux
            linux /a folder with spaces/kernel of the tests.efi
            initrd /a folder with spaces/initrd-ünïcode.img
            options console=ttyS0 quiet panic=-1 no_timer_check rdinit=/init

            """
        return [
            file("EFI/BOOT/BOOTX64.EFI", try bytes(loader)),
            file("loader/loader.conf", Array("timeout 0\n".utf8)),
            file("loader/entries/one entry with a long name.conf", Array(entry.utf8)),
            file("a folder with spaces/kernel of the tests.efi", try bytes(MountedImage.kernel)),
            file("a folder with spaces/initrd-ünïcode.img", try initrd(in: directory)),
        ]
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private static func initrd(in directory: TemporaryDirectory) throws -> [UInt8] {
        let script = """
            #!/busybox sh
            /busybox mount -t devtmpfs none /dev
            [ -b /dev/vda1 ] && echo "booted from vda1"
            /busybox poweroff -f

            """
        try directory.write("root/init", script)
        try directory.write("root/dev/.keep", "")
        let busybox = try #require(Command.find("busybox"))
        try Tool.run("cp", ["-L", busybox, "\(directory.path)/root/busybox"])
        try Tool.run("chmod", ["755", "\(directory.path)/root/init"])
        return try Tool.run(
            "cpio", ["-o", "-H", "newc", "--quiet", "--owner=0:0"], in: "\(directory.path)/root",
            input: Array("init\nbusybox\ndev\n".utf8)
        ).output
    }
}
