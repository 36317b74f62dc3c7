import Bytes
import Host
import QCOW2
import TestSupport
import Testing

/// QEMU's own tool judges what we write, and we read what it writes.
@Suite(.enabled(if: Tool.available("qemu-img"), "qemu-img is not installed"))
struct QCOW2OracleTests {
    private static func write(_ disk: some SparseBytes, to path: String) throws {
        let file = try QCOW2.write(disk, to: AtomicFile(path: path))
        try file.commit()
    }

    @Test(
        "qemu-img finds neither errors nor leaks and gives the disk back",
        arguments: [0, 512, 65_024, 65_536, 66_048, 1 << 20, 3_000_320])
    func sizes(_ size: Int) throws {
        let directory = try TemporaryDirectory()
        let bytes = Disks.mixed(size)
        try Self.write(ByteArrayAccess(bytes), to: "\(directory.path)/disk.qcow2")
        let check = try Tool.run(
            "qemu-img", ["check", "-f", "qcow2", "--output=json", "disk.qcow2"], in: directory.path)
        let report = String(decoding: check.output, as: UTF8.self)
        #expect(!report.contains("leaks") && !report.contains("corruptions"), "\(report)")
        try Tool.run(
            "qemu-img", ["convert", "-f", "qcow2", "-O", "raw", "disk.qcow2", "disk.raw"], in: directory.path)
        #expect(try directory.read("disk.raw") == bytes)
        let info = try Tool.run(
            "qemu-img", ["info", "-f", "qcow2", "--output=json", "disk.qcow2"], in: directory.path)
        #expect(String(decoding: info.output, as: UTF8.self).contains("\"virtual-size\": \(size),"))
        let image = try QCOW2Image(ReadableFile(path: "\(directory.path)/disk.qcow2"))
        #expect(try Disks.bytes(image) == bytes)
    }

    @Test("A terabyte with islands is written and read by its islands alone, and is sound")
    func terabyte() throws {
        let directory = try TemporaryDirectory()
        let size: UInt64 = 1 << 40
        let noise = Disks.noise(70_000)
        let islands: [(offset: UInt64, bytes: [UInt8])] = [
            (0, noise), (1 << 29, [UInt8](repeating: 0, count: 100_000)), (5 << 29 - 1000, noise),
            (size - 70_000, noise),
        ]
        let disk = IslandDisk(count: size, islands: islands)
        try Self.write(disk, to: "\(directory.path)/disk.qcow2")
        try Tool.run("qemu-img", ["check", "-f", "qcow2", "disk.qcow2"], in: directory.path)
        let image = try QCOW2Image(ReadableFile(path: "\(directory.path)/disk.qcow2"))
        #expect(image.count == size)
        var found: [Range<UInt64>] = []
        var position: UInt64 = 0
        while let range = image.nextData(at: position) {
            found.append(range)
            position = range.upperBound
        }
        // The zeros of the second island are nowhere.
        #expect(found.count == 4 && found[0] == 0..<131_072 && found.last?.upperBound == size, "\(found)")
        for island in [islands[0], islands[2], islands[3]] {
            #expect(try image.bytes(at: island.offset, length: 70_000, of: "the disk") == noise)
        }
    }

    @Test(
        "Images of qemu-img are read: both versions, other cluster sizes, both compressions",
        arguments: [
            ["-o", "compat=0.10"], ["-o", "compat=1.1"], ["-o", "cluster_size=512"],
            ["-o", "cluster_size=2M"], ["-o", "refcount_bits=1"], ["-o", "preallocation=metadata"],
            ["-c"], ["-c", "-o", "compat=0.10"], ["-c", "-o", "compression_type=zstd"],
            ["-c", "-o", "cluster_size=4096"],
        ])
    func foreign(_ options: [String]) throws {
        let directory = try TemporaryDirectory()
        for size in [512, 3_000_320] {
            let bytes = Disks.mixed(size)
            try directory.write("disk.raw", bytes)
            try Tool.run(
                "qemu-img",
                ["convert", "-f", "raw", "-O", "qcow2"] + options + ["disk.raw", "disk.qcow2"],
                in: directory.path)
            let image = try QCOW2Image(ReadableFile(path: "\(directory.path)/disk.qcow2"))
            #expect(image.count == UInt64(size))
            #expect(try Disks.bytes(image) == bytes)
        }
    }

    @Test("What an image of qemu-img needs beyond itself is refused by name")
    func refused() throws {
        let directory = try TemporaryDirectory()
        try Tool.run("qemu-img", ["create", "-q", "-f", "qcow2", "base.qcow2", "1M"], in: directory.path)
        for (feature, arguments) in [
            ("a backing file", ["-b", "base.qcow2", "-F", "qcow2", "x.qcow2"]),
            ("an external data file", ["-o", "data_file=x.raw", "x.qcow2", "1M"]),
            ("extended L2 entries", ["-o", "extended_l2=on", "x.qcow2", "1M"]),
        ] {
            try Tool.run("qemu-img", ["create", "-q", "-f", "qcow2"] + arguments, in: directory.path)
            let file = try ReadableFile(path: "\(directory.path)/x.qcow2")
            #expect(throws: QCOW2Error.unsupported(feature: feature)) { try QCOW2Image(file) }
        }
    }

    @Test(
        "QEMU writes into the image, grows it and takes a snapshot, and it stays sound",
        .enabled(if: Tool.available("qemu-io"), "qemu-io is not installed"))
    func writtenOn() throws {
        let directory = try TemporaryDirectory()
        var bytes = Disks.mixed(3 << 20)
        try Self.write(ByteArrayAccess(bytes), to: "\(directory.path)/disk.qcow2")
        try Tool.run("qemu-img", ["snapshot", "-c", "one", "disk.qcow2"], in: directory.path)
        try Tool.run(
            "qemu-io", ["-f", "qcow2", "-c", "write -P 7 100k 1000k", "disk.qcow2"], in: directory.path)
        try Tool.run("qemu-img", ["check", "-f", "qcow2", "disk.qcow2"], in: directory.path)
        bytes.replaceSubrange(100 << 10..<1100 << 10, with: [UInt8](repeating: 7, count: 1000 << 10))
        let image = try QCOW2Image(ReadableFile(path: "\(directory.path)/disk.qcow2"))
        #expect(try Disks.bytes(image) == bytes)
        try Tool.run("qemu-img", ["snapshot", "-d", "one", "disk.qcow2"], in: directory.path)
        try Tool.run("qemu-img", ["resize", "-q", "-f", "qcow2", "disk.qcow2", "2G"], in: directory.path)
        try Tool.run("qemu-img", ["check", "-f", "qcow2", "disk.qcow2"], in: directory.path)
    }
}
