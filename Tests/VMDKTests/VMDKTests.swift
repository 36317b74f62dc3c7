import Bytes
import Digests
import FileTree
import TestSupport
import Testing
import VMDK

@Suite struct VMDKTests {
    private static let identity = SHA256Digest(hashing: "disk")

    private static func image(
        _ disk: some SparseBytes, identity: SHA256Digest = identity, jobs: Int = 1
    ) throws(VMDKError) -> [UInt8] {
        try VMDK.write(
            disk, identity: identity, stamp: BuildStamp(), jobs: jobs, to: ByteArraySink()
        ).bytes
    }

    @Test("The bytes are the same for any number of jobs and wherever the holes are")
    func jobs() throws {
        let bytes = Disks.mixed(3 << 20)
        let plain = try Self.image(ByteArrayAccess(bytes))
        #expect(try Self.image(ByteArrayAccess(bytes), jobs: 4) == plain)
        let islands: [(offset: UInt64, bytes: [UInt8])] = [
            (0, Array(bytes[..<700])), (60_000, Array(bytes[60_000..<70_000])),
            (200_000, Array(bytes[200_000..<270_000])), (300_000, Array(bytes[300_000...])),
        ]
        #expect(try Self.image(IslandDisk(count: 3 << 20, islands: islands), jobs: 3) == plain)
    }

    @Test("The header says that all is at the end, the footer where")
    func layout() throws {
        let bytes = try Self.image(ByteArrayAccess(Disks.mixed(1 << 20)))
        #expect(bytes.count % 512 == 0)
        #expect(bytes.little(UInt32.self, at: 0) == 0x564D_444B)
        #expect(bytes.little(UInt64.self, at: 12) == 2048)
        #expect(bytes.little(UInt64.self, at: 56) == .max)
        let footer = bytes.count - 1024
        #expect(bytes.little(UInt32.self, at: footer) == 0x564D_444B)
        let directory = Int(bytes.little(UInt64.self, at: footer + 56) ?? 0) * 512
        // The sector before says what it is.
        #expect(bytes.little(UInt32.self, at: directory - 512 + 12) == 2)
        let table = Int(bytes.little(UInt32.self, at: directory) ?? 0) * 512
        #expect(bytes.little(UInt32.self, at: table - 512 + 12) == 1)
        #expect(bytes.little(UInt32.self, at: table) == 128)
        #expect(bytes.suffix(512).allSatisfy { $0 == 0 })
    }

    @Test("The descriptor names a fixed file, and the content id stands for the disk")
    func descriptor() throws {
        let disk = ByteArrayAccess(Disks.mixed(1 << 20))
        let one = try VMDKImage(ByteArrayAccess(Self.image(disk))).descriptor
        #expect(one.contains("RW 2048 SPARSE \"disk.vmdk\"\n"))
        let other = SHA256Digest(hashing: "other")
        let two = try VMDKImage(ByteArrayAccess(Self.image(disk, identity: other))).descriptor
        let ids = [one, two].map { text in
            text.split(separator: "\n").filter { $0.hasPrefix("CID=") }
        }
        #expect(ids[0].count == 1 && ids[0][0].count == 12 && ids[0] != ids[1], "\(ids)")
    }

    @Test("What is no disk is refused before anything is written")
    func refused() {
        for size: UInt64 in [0, 513] {
            #expect(throws: VMDKError.notWholeSectors(size: size)) {
                try Self.image(IslandDisk(count: size))
            }
        }
        let error = VMDKError.diskTooLarge(size: 1 << 41, limit: VMDK.largestDisk)
        #expect(throws: error) { try Self.image(IslandDisk(count: 1 << 41)) }
    }

    @Test("The image's bytes are frozen; QEMU's tool judges the same ones")
    func golden() throws {
        let bytes = try Self.image(ByteArrayAccess(Disks.mixed(3_000_320)))
        try GoldenDigests.check("vmdk", [("mixed 3000320", bytes)])
    }
}
