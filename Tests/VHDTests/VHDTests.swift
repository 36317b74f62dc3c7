import Bytes
import Digests
import FileTree
import TestSupport
import Testing
import VHD

@Suite struct VHDTests {
    private static let identity = SHA256Digest(hashing: "disk")

    private static func fixed(
        _ disk: some SparseBytes, identity: SHA256Digest = identity, epoch: Int64 = BuildStamp.defaultEpoch
    ) throws(VHDError) -> [UInt8] {
        try VHD.writeFixed(
            disk, identity: identity, stamp: BuildStamp(epoch: epoch), to: ByteArraySink()
        ).bytes
    }

    private static func dynamic(_ disk: some SparseBytes) throws(VHDError) -> [UInt8] {
        try VHD.writeDynamic(disk, identity: identity, stamp: BuildStamp(), to: ByteArraySink()).bytes
    }

    @Test("A fixed disk is the disk and a footer, field by field")
    func fixedLayout() throws {
        let disk = Disks.mixed(1 << 20)
        let bytes = try Self.fixed(ByteArrayAccess(disk))
        #expect(Array(bytes.prefix(1 << 20)) == disk)
        let footer = Array(bytes[(1 << 20)...])
        #expect(footer.count == 512)
        #expect(String(decoding: footer[..<8], as: UTF8.self) == "conectix")
        #expect(footer.big(UInt64.self, at: 16) == .max)
        #expect(footer.big(UInt32.self, at: 24) == UInt32(1_492_533_000 - 946_684_800))
        #expect(String(decoding: footer[28..<32], as: UTF8.self) == "win ")
        #expect(footer.big(UInt64.self, at: 40) == 1 << 20)
        #expect(footer.big(UInt64.self, at: 48) == 1 << 20)
        // 2048 sectors: 30 cylinders of 4 heads and 17 sectors, eight sectors short.
        #expect(footer.big(UInt32.self, at: 56) == UInt32(30 << 16 | 4 << 8 | 17))
        #expect(footer.big(UInt32.self, at: 60) == 2)
        #expect(footer[74] >> 4 == 8 && footer[76] >> 6 == 2)
        var unsummed = footer
        unsummed.store(big: UInt32(0), at: 64)
        #expect(footer.big(UInt32.self, at: 64) == ~unsummed.reduce(UInt32(0)) { $0 + UInt32($1) })
    }

    @Test("A dynamic disk has its footer at both ends and leaves out blocks of zeros")
    func dynamicLayout() throws {
        var disk = [UInt8](repeating: 0, count: 7 << 20)
        disk[0] = 1
        disk[5 << 20] = 2
        let bytes = try Self.dynamic(ByteArrayAccess(disk))
        let block = 512 + 2 << 20
        #expect(bytes.count == 2048 + 2 * block + 512)
        #expect(bytes.prefix(512) == bytes.suffix(512))
        #expect(bytes.big(UInt32.self, at: 512 + 28) == 4)
        let table = (0..<4).map { bytes.big(UInt32.self, at: 1536 + $0 * 4) }
        #expect(table == [4, .max, UInt32(4 + block / 512), .max])
        #expect(try Disks.bytes(VHDImage(ByteArrayAccess(bytes))) == disk)
    }

    @Test("The UUID stands for the disk; times outside the format's range are clamped")
    func derived() throws {
        let disk = ByteArrayAccess(Disks.mixed(512))
        let one = try VHDImage(ByteArrayAccess(Self.fixed(disk))).footer
        let other = SHA256Digest(hashing: "other")
        let two = try VHDImage(ByteArrayAccess(Self.fixed(disk, identity: other))).footer
        #expect(one.uniqueID != two.uniqueID)
        for (epoch, expected): (Int64, UInt32) in [(.min, 0), (946_684_801, 1), (.max, .max)] {
            let bytes = try Self.fixed(disk, epoch: epoch)
            #expect(try VHDImage(ByteArrayAccess(bytes)).footer.timestamp == expected)
        }
    }

    @Test(
        "The geometry is the specification's, at the borders of its cases",
        arguments: [
            (1, 0, 4, 17), (69_631, 1023, 4, 17), (69_632, 140, 16, 31), (507_903, 1023, 16, 31),
            (507_904, 503, 16, 63), (66_059_279, 65_534, 16, 63), (66_059_280, 16_191, 16, 255),
            (267_382_800, 65_535, 16, 255), (4_278_190_080, 65_535, 16, 255),
        ] as [(UInt64, UInt16, UInt8, UInt8)])
    func geometry(_ sectors: UInt64, _ cylinders: UInt16, _ heads: UInt8, _ perTrack: UInt8) {
        let geometry = DiskGeometry(sectors: sectors)
        #expect(geometry.cylinders == cylinders)
        #expect(geometry.heads == heads)
        #expect(geometry.sectorsPerTrack == perTrack)
    }

    @Test("What is no disk is refused before anything is written")
    func refused() {
        for size: UInt64 in [0, 513] {
            #expect(throws: VHDError.notWholeSectors(size: size)) { try Self.fixed(IslandDisk(count: size)) }
        }
        let error = VHDError.diskTooLarge(size: 1 << 41, limit: VHD.largestDisk)
        #expect(throws: error) { try Self.dynamic(IslandDisk(count: 1 << 41)) }
    }

    @Test("The images' bytes are frozen; QEMU's tool judges the same ones")
    func golden() throws {
        let disk = ByteArrayAccess(Disks.mixed(3_000_320))
        try GoldenDigests.check(
            "vhd", [("fixed mixed 3000320", Self.fixed(disk)), ("dynamic mixed 3000320", Self.dynamic(disk))])
    }
}
