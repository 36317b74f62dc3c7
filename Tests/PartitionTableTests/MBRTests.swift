import Bytes
import Testing

@testable import PartitionTable

@Suite struct MBRTests {
    @Test("The fields are where they belong, and come back")
    func bytes() throws {
        let mbr = MBR(
            bootCode: [UInt8](repeating: 0x90, count: 440), diskSignature: 0x1234_5678,
            partitions: [
                MBRPartition(type: 0x17, firstSector: 0, sectorCount: 4096, isActive: true),
                MBRPartition(type: 0xEF, firstSector: 2048, sectorCount: 100_000_000), nil,
            ])
        let bytes = try mbr.encoded()
        #expect(bytes.count == 512)
        #expect(bytes[440..<446].elementsEqual([0x78, 0x56, 0x34, 0x12, 0, 0]))
        // Sector 0 is cylinder 0, head 0, sector 1; sector 4095 is head 65, sector 1.
        #expect(
            bytes[446..<462].elementsEqual([0x80, 0, 1, 0, 0x17, 65, 1, 0, 0, 0, 0, 0, 0, 0x10, 0, 0]))
        // Sector 2048 is head 32, sector 33; the end has no address.
        #expect(
            bytes[462..<478].elementsEqual([
                0, 32, 33, 0, 0xEF, 0xFE, 0xFF, 0xFF, 0, 8, 0, 0, 0x00, 0xE1, 0xF5, 0x05,
            ]))
        #expect(bytes[478..<510].allSatisfy { $0 == 0 })
        #expect(bytes[510..<512].elementsEqual([0x55, 0xAA]))
        var expected = mbr
        expected.partitions = mbr.partitions + [nil]
        #expect(try MBR(parsing: bytes) == expected)
    }

    @Test("Addresses by cylinder, head and sector end at cylinder 1023")
    func addresses() {
        let cases: [(UInt64, [UInt8])] = [
            (0, [0, 1, 0]), (62, [0, 63, 0]), (63, [1, 1, 0]), (16_064, [254, 63, 0]), (16_065, [0, 1, 1]),
            (16_065 * 256, [0, 0x41, 0]), (16_065 * 1023, [0, 0xC1, 0xFF]),
            (16_065 * 1024 - 1, [0xFE, 0xFF, 0xFF]),
            (16_065 * 1024, [0xFE, 0xFF, 0xFF]), (1 << 40, [0xFE, 0xFF, 0xFF]),
        ]
        for (sector, bytes) in cases { #expect(CHSAddress(sector: sector).bytes == bytes, "\(sector)") }
    }

    @Test("A protective entry covers the disk as far as 32 bits go")
    func protective() throws {
        let small = try MBR.protective(diskSectors: 2048).encoded()
        #expect(
            small[446..<462].elementsEqual([0, 0, 2, 0, 0xEE, 32, 32, 0, 1, 0, 0, 0, 0xFF, 7, 0, 0]))
        let large = try MBR.protective(diskSectors: 1 << 33).encoded()
        #expect(
            large[446..<462].elementsEqual([
                0, 0, 2, 0, 0xEE, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF,
            ]))
    }

    @Test("A hybrid image's boot code is followed by isolinux.bin's sector")
    func hybridCode() throws {
        let code = try MBR.isohybridCode([UInt8](repeating: 7, count: 432), isolinuxSector: 0x0102_0304)
        #expect(code.count == 440)
        #expect(code[432...].elementsEqual([4, 3, 2, 1, 0, 0, 0, 0]))
        #expect(try MBR.isohybridCode([UInt8](repeating: 7, count: 440), isolinuxSector: 0).count == 440)
        #expect(throws: PartitionTableError.bootCodeTooLong(size: 433, limit: 432)) {
            try MBR.isohybridCode([UInt8](repeating: 7, count: 433), isolinuxSector: 0)
        }
    }

    @Test("What doesn't fit is refused")
    func refused() {
        #expect(throws: PartitionTableError.bootCodeTooLong(size: 441, limit: 440)) {
            try MBR(bootCode: [UInt8](repeating: 0, count: 441), partitions: []).encoded()
        }
        #expect(throws: PartitionTableError.tooManyPartitions(count: 5, limit: 4)) {
            try MBR(partitions: [nil, nil, nil, nil, nil]).encoded()
        }
        #expect(throws: PartitionTableError.noMBR(offset: 0)) {
            try MBR(parsing: [UInt8](repeating: 0, count: 512))
        }
        #expect(throws: PartitionTableError.noMBR(offset: 0)) { try MBR(parsing: []) }
    }
}
