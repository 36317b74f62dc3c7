import Bytes
import Digests
import FileTree
import Host
import TestSupport
import Testing
import VHD

/// QEMU's own tool reads what we write, and we read what it writes.
@Suite(.enabled(if: Tool.available("qemu-img"), "qemu-img is not installed"))
struct VHDOracleTests {
    private static let identity = SHA256Digest(hashing: "disk")

    private static func write(_ disk: some SparseBytes, _ type: String, to path: String) throws {
        let file = try AtomicFile(path: path)
        let stamp = BuildStamp()
        if type == "fixed" {
            try VHD.writeFixed(disk, identity: identity, stamp: stamp, to: file).commit()
        } else {
            try VHD.writeDynamic(disk, identity: identity, stamp: stamp, to: file).commit()
        }
    }

    private static func info(_ directory: TemporaryDirectory) throws -> String {
        let info = try Tool.run(
            "qemu-img", ["info", "-f", "vpc", "--output=json", "disk.vhd"], in: directory.path)
        return String(decoding: info.output, as: UTF8.self)
    }

    @Test(
        "qemu-img sees the exact size, not the geometry's, and gives the disk back",
        arguments: ["fixed", "dynamic"], [512, 65_024, 2 << 20, 3_000_320, 5 << 20])
    func sizes(_ type: String, _ size: Int) throws {
        let directory = try TemporaryDirectory()
        let bytes = Disks.mixed(size)
        let path = "\(directory.path)/disk.vhd"
        try Self.write(ByteArrayAccess(bytes), type, to: path)
        let info = try Self.info(directory)
        #expect(info.contains("\"virtual-size\": \(size),"), "\(info)")
        try Tool.run(
            "qemu-img", ["convert", "-f", "vpc", "-O", "raw", "disk.vhd", "disk.raw"], in: directory.path)
        #expect(try directory.read("disk.raw") == bytes)
        #expect(try Disks.bytes(VHDImage(ReadableFile(path: path))) == bytes)
    }

    @Test("A terabyte with islands is written by its islands alone", arguments: ["fixed", "dynamic"])
    func terabyte(_ type: String) throws {
        let directory = try TemporaryDirectory()
        let size: UInt64 = 1 << 40
        let noise = Disks.noise(70_000)
        let islands: [(offset: UInt64, bytes: [UInt8])] = [
            (0, noise), (1 << 30, [UInt8](repeating: 0, count: 100_000)), (size - 70_000, noise),
        ]
        try Self.write(IslandDisk(count: size, islands: islands), type, to: "\(directory.path)/disk.vhd")
        #expect(try Self.info(directory).contains("\"virtual-size\": \(size),"))
        let file = try ReadableFile(path: "\(directory.path)/disk.vhd")
        if type == "dynamic" { #expect(file.count == 1536 + 4 * 524_288 + 2 * (512 + 2 << 20) + 512) }
        let image = try VHDImage(file)
        for island in [islands[0], islands[2]] {
            #expect(try image.bytes(at: island.offset, length: 70_000, of: "the disk") == noise)
        }
    }

    @Test(
        "Images of qemu-img are read",
        arguments: ["fixed", "dynamic", "fixed,force_size=on", "dynamic,force_size=on"])
    func foreign(_ options: String) throws {
        let directory = try TemporaryDirectory()
        for size in [512, 3_000_320] {
            let bytes = Disks.mixed(size)
            try directory.write("disk.raw", bytes)
            try Tool.run(
                "qemu-img",
                ["convert", "-f", "raw", "-O", "vpc", "-o", "subformat=\(options)", "disk.raw", "disk.vhd"],
                in: directory.path)
            let image = try VHDImage(ReadableFile(path: "\(directory.path)/disk.vhd"))
            let found = try Disks.bytes(image)
            // Without force_size the disk grows to a whole geometry.
            #expect(found.count >= size && Array(found.prefix(size)) == bytes)
            #expect(found.dropFirst(size).allSatisfy { $0 == 0 })
            if options.contains("force_size") { #expect(found.count == size) }
        }
    }

    @Test("The geometry is what qemu-img computes")
    func geometry() throws {
        let directory = try TemporaryDirectory()
        for mebibytes in [1, 30, 34, 35, 100, 247, 248, 249, 500, 1024, 10_000, 32_255, 32_256, 100_000] {
            let options = ["create", "-q", "-f", "vpc", "disk.vhd", "\(mebibytes)M"]
            try Tool.run("qemu-img", options, in: directory.path)
            let footer = try VHDImage(ReadableFile(path: "\(directory.path)/disk.vhd")).footer
            // QEMU rounds the size up to a whole geometry.
            #expect(
                DiskGeometry(sectors: footer.currentSize / 512) == footer.geometry, "\(mebibytes) MiB")
        }
    }

    @Test(
        "QEMU writes into the image, and it stays readable",
        .enabled(if: Tool.available("qemu-io"), "qemu-io is not installed"), arguments: ["fixed", "dynamic"])
    func writtenOn(_ type: String) throws {
        let directory = try TemporaryDirectory()
        var bytes = [UInt8](repeating: 0, count: 7 << 20)
        bytes[0] = 1
        let path = "\(directory.path)/disk.vhd"
        try Self.write(ByteArrayAccess(bytes), type, to: path)
        try Tool.run(
            "qemu-io", ["-f", "vpc", "-c", "write -P 7 1000k 4000k", "disk.vhd"], in: directory.path)
        bytes.replaceSubrange(1000 << 10..<5000 << 10, with: [UInt8](repeating: 7, count: 4000 << 10))
        #expect(try Disks.bytes(VHDImage(ReadableFile(path: path))) == bytes)
    }
}
