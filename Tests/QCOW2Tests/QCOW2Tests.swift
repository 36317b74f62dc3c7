import Bytes
import QCOW2
import TestSupport
import Testing

@Suite struct QCOW2Tests {
    private static func image(_ disk: some SparseBytes) throws(QCOW2Error) -> [UInt8] {
        try QCOW2.write(disk, to: ByteArraySink()).bytes
    }

    @Test("The image is header, clusters, L2 table, L1 table, refcounts, and nothing else")
    func layout() throws {
        let bytes = try Self.image(ByteArrayAccess(Disks.mixed(200_192)))
        // Clusters 0 and 1 hold data; 2 does not, 3 does at the end.
        #expect(bytes.count == 65_536 * 8)
        #expect(bytes.big(UInt32.self, at: 0) == 0x5146_49FB)
        #expect(bytes.big(UInt32.self, at: 4) == 3)
        #expect(bytes.big(UInt64.self, at: 24) == 200_192)
        #expect(bytes[72..<96].allSatisfy { $0 == 0 })
        #expect(bytes.big(UInt32.self, at: 100) == 104)
    }

    @Test("Where the holes are does not matter, only what the bytes are")
    func holes() throws {
        let bytes = Disks.mixed(1 << 20)
        let plain = try Self.image(ByteArrayAccess(bytes))
        let islands: [(offset: UInt64, bytes: [UInt8])] = [
            (0, Array(bytes[..<700])), (60_000, Array(bytes[60_000..<70_000])),
            (200_000, Array(bytes[200_000..<200_001])), (200_001, Array(bytes[200_001..<270_000])),
            (300_000, Array(bytes[300_000...])),
        ]
        #expect(try Self.image(IslandDisk(count: 1 << 20, islands: islands)) == plain)
    }

    @Test("What is no disk is refused before anything is written")
    func refused() {
        #expect(throws: QCOW2Error.notWholeSectors(size: 513)) {
            try Self.image(IslandDisk(count: 513))
        }
        let error = QCOW2Error.diskTooLarge(size: 1 << 52, limit: QCOW2.largestDisk)
        #expect(throws: error) { try Self.image(IslandDisk(count: 1 << 52)) }
    }

    @Test("The image's bytes are frozen; QEMU's tool judges the same ones")
    func golden() throws {
        let bytes = try Self.image(ByteArrayAccess(Disks.mixed(3_000_320)))
        try GoldenDigests.check("qcow2", [("mixed 3000320", bytes)])
    }
}
