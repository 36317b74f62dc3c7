import Bytes
import Digests
import FileTree
import Host
import TestSupport
import Testing
import VMDK

/// QEMU's own tool reads what we write, and we read what it writes.
@Suite(.enabled(if: Tool.available("qemu-img"), "qemu-img is not installed"))
struct VMDKOracleTests {
    private static func write(_ disk: some SparseBytes, to path: String) throws {
        let file = try VMDK.write(
            disk, identity: SHA256Digest(hashing: "disk"), stamp: BuildStamp(), jobs: 2,
            to: AtomicFile(path: path))
        try file.commit()
    }

    @Test(
        "qemu-img finds no error and gives the disk back",
        arguments: [512, 65_024, 65_536, 66_048, 1 << 20, 3_000_320])
    func sizes(_ size: Int) throws {
        let directory = try TemporaryDirectory()
        let bytes = Disks.mixed(size)
        try Self.write(ByteArrayAccess(bytes), to: "\(directory.path)/disk.vmdk")
        let info = try Tool.run(
            "qemu-img", ["info", "-f", "vmdk", "--output=json", "disk.vmdk"], in: directory.path)
        let text = String(decoding: info.output, as: UTF8.self)
        #expect(text.contains("\"virtual-size\": \(size),"), "\(text)")
        #expect(text.contains("\"create-type\": \"streamOptimized\""), "\(text)")
        try Tool.run("qemu-img", ["check", "-f", "vmdk", "disk.vmdk"], in: directory.path)
        try Tool.run(
            "qemu-img", ["convert", "-f", "vmdk", "-O", "raw", "disk.vmdk", "disk.raw"], in: directory.path)
        #expect(try directory.read("disk.raw") == bytes)
        let image = try VMDKImage(ReadableFile(path: "\(directory.path)/disk.vmdk"))
        #expect(try Disks.bytes(image) == bytes)
    }

    @Test("A terabyte with islands is written and read by its islands alone")
    func terabyte() throws {
        let directory = try TemporaryDirectory()
        let size: UInt64 = 1 << 40
        let noise = Disks.noise(70_000)
        let islands: [(offset: UInt64, bytes: [UInt8])] = [
            (0, noise), (1 << 30, [UInt8](repeating: 0, count: 100_000)), (5 << 29 - 1000, noise),
            (size - 70_000, noise),
        ]
        try Self.write(IslandDisk(count: size, islands: islands), to: "\(directory.path)/disk.vmdk")
        let info = try Tool.run(
            "qemu-img", ["info", "-f", "vmdk", "--output=json", "disk.vmdk"], in: directory.path)
        #expect(String(decoding: info.output, as: UTF8.self).contains("\"virtual-size\": \(size),"))
        let file = try ReadableFile(path: "\(directory.path)/disk.vmdk")
        #expect(file.count < 1 << 20)
        let image = try VMDKImage(file)
        for island in [islands[0], islands[2], islands[3]] {
            #expect(try image.bytes(at: island.offset, length: 70_000, of: "the disk") == noise)
        }
        #expect(image.nextData(at: size - 65_536)?.upperBound == size)
        #expect(image.nextData(at: 1 << 30)?.lowerBound == 5 << 29 - 65_536)
        #expect(image.nextData(at: 5 << 29)?.upperBound == 5 << 29 + 131_072)
    }

    @Test(
        "Images of qemu-img are read",
        arguments: ["streamOptimized", "monolithicSparse", "monolithicSparse,zeroed_grain=on"])
    func foreign(_ options: String) throws {
        let directory = try TemporaryDirectory()
        for size in [512, 3_000_320] {
            let bytes = Disks.mixed(size)
            try directory.write("disk.raw", bytes)
            try Tool.run(
                "qemu-img",
                [
                    "convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=\(options)", "disk.raw",
                    "disk.vmdk",
                ],
                in: directory.path)
            let image = try VMDKImage(ReadableFile(path: "\(directory.path)/disk.vmdk"))
            #expect(image.count == UInt64(size))
            #expect(try Disks.bytes(image) == bytes)
        }
    }

    @Test("What an image of qemu-img needs beyond itself is refused by name")
    func refused() throws {
        let directory = try TemporaryDirectory()
        try Tool.run("qemu-img", ["create", "-q", "-f", "vmdk", "base.vmdk", "1M"], in: directory.path)
        try Tool.run(
            "qemu-img", ["create", "-q", "-f", "vmdk", "-b", "base.vmdk", "-F", "vmdk", "x.vmdk"],
            in: directory.path)
        let child = try ReadableFile(path: "\(directory.path)/x.vmdk")
        #expect(throws: VMDKError.unsupported(feature: "a parent image")) { try VMDKImage(child) }
        try Tool.run(
            "qemu-img", ["create", "-q", "-f", "vmdk", "-o", "subformat=monolithicFlat", "y.vmdk", "1M"],
            in: directory.path)
        let flat = try ReadableFile(path: "\(directory.path)/y.vmdk")
        #expect(throws: VMDKError.badMagic) { try VMDKImage(flat) }
    }
}
