import Bytes
import FileTree
import Testing

@testable import PartitionTable

/// Disks that somebody damaged, by chance or on purpose.
@Suite struct HostileDiskTests {
    private static func disk() throws -> [UInt8] {
        try Disk.bytes(DiskLayout.gpt(Disk.volumes, alignment: 4096, stamp: BuildStamp()).extents)
    }

    private static func problems(_ change: (inout [UInt8]) -> Void) throws -> [PartitionTableError] {
        var bytes = try disk()
        change(&bytes)
        let found = try PartitionedDisk(ByteArrayAccess(bytes))
        // Whatever is damaged, one copy is whole.
        #expect(found.partitions.map(\.offset) == [20480, 28672])
        return found.problems
    }

    @Test("A damaged copy is named, and the other one is read")
    func damagedCopies() throws {
        let bytes = try Self.disk()
        let last = UInt64(bytes.count / 512 - 1)
        let stored: UInt32 = try #require(bytes.little(at: 512 + 16))
        let first = try Self.problems { $0[512 + 60] ^= 1 }
        guard case .wrongHeaderCRC(1, stored, let computed) = first.first, first.count == 1 else {
            Issue.record("\(first)")
            return
        }
        #expect(computed != stored)
        let entries = try Self.problems { $0[1024 + 200] ^= 1 }
        guard case .wrongEntriesCRC(2, _, _) = entries.first, entries.count == 1 else {
            Issue.record("\(entries)")
            return
        }
        let backup = try Self.problems { $0[$0.count - 512 + 60] ^= 1 }
        guard case .wrongHeaderCRC(last, _, _) = backup.first, backup.count == 1 else {
            Issue.record("\(backup)")
            return
        }
        let backupEntries = try Self.problems { $0[$0.count - 33 * 512] ^= 1 }
        guard case .wrongEntriesCRC(last - 32, _, _) = backupEntries.first else {
            Issue.record("\(backupEntries)")
            return
        }
        #expect(try Self.problems { $0.store([0], at: 512) } == [.noHeader(sector: 1)])
        #expect(try Self.problems { $0[510] = 0 } == [.noMBR(offset: 0), .noProtectiveEntry])
        #expect(try Self.problems { $0[450] = 0x83 } == [.noProtectiveEntry])
    }

    /// Changes the primary header's field and makes its CRC right again.
    private static func resigned<Integer: FixedWidthInteger>(
        _ field: Int, _ value: Integer
    ) throws -> [PartitionTableError] {
        try problems { bytes in
            bytes.store(little: value, at: 512 + field)
            bytes.store(little: UInt32(0), at: 512 + 16)
            let crc = bytes[512..<512 + 92].withUnsafeBytes(GPTHeader.checksum)
            bytes.store(little: crc, at: 512 + 16)
        }
    }

    @Test("Absurd fields with right CRCs are named")
    func absurd() throws {
        #expect(
            try Self.resigned(80, UInt32.max) == [.invalidField(field: "NumberOfPartitionEntries", sector: 1)]
        )
        for size: UInt32 in [0, 64, 100, 129, 1 << 31] {
            #expect(
                try Self.resigned(84, size) == [.invalidField(field: "SizeOfPartitionEntry", sector: 1)])
        }
        for entry in [UInt64(0), 1, 1 << 20, .max] {
            #expect(try Self.resigned(72, entry) == [.invalidField(field: "PartitionEntryLBA", sector: 1)])
        }
        #expect(try Self.resigned(24, UInt64(2)) == [.invalidField(field: "MyLBA", sector: 1)])
        #expect(try Self.resigned(40, UInt64.max) == [.invalidField(field: "FirstUsableLBA", sector: 1)])
        #expect(
            try Self.resigned(48, UInt64.max) == [
                .headersDiffer(field: "LastUsableLBA"), .invalidField(field: "LastUsableLBA", sector: 1),
            ])
        #expect(try Self.resigned(12, UInt32(1 << 30)) == [.invalidField(field: "HeaderSize", sector: 1)])
        #expect(try Self.resigned(32, UInt64.max) == [.noHeader(sector: .max)])
    }

    @Test("Overlapping partitions of an MBR, and those beyond the disk, are named")
    func badMBR() throws {
        let mbr = MBR(partitions: [
            MBRPartition(type: 0x83, firstSector: 1, sectorCount: 10),
            MBRPartition(type: 0x83, firstSector: 10, sectorCount: .max), nil,
            MBRPartition(type: 0, firstSector: 5, sectorCount: 5, isActive: true),
        ])
        let bytes = try mbr.encoded() + [UInt8](repeating: 0, count: 20 * 512)
        let disk = try PartitionedDisk(ByteArrayAccess(bytes))
        #expect(
            disk.problems == [
                .outside(partition: 2, first: 0, last: 20), .overlap(partition: 1, other: 2),
            ])
        #expect(disk.partitions.map(\.number) == [1, 2])
    }

    @Test("Disks cut anywhere, and empty ones, are read or refused")
    func truncated() throws {
        let bytes = try Self.disk()
        for count in 0..<512 {
            #expect(throws: PartitionTableError.noTable) {
                try PartitionedDisk(ByteArrayAccess(Array(bytes[..<count])))
            }
        }
        for count in stride(from: 512, to: bytes.count, by: 131) {
            let disk = try PartitionedDisk(ByteArrayAccess(Array(bytes[..<count])))
            #expect(!disk.problems.isEmpty)
        }
        #expect(throws: PartitionTableError.noTable) {
            try PartitionedDisk(ByteArrayAccess([UInt8](repeating: 0, count: 4096)))
        }
    }

    @Test("Any byte of the structures may be anything: no crash")
    func mutations() throws {
        let bytes = try Self.disk()
        let places = Array(440..<1024 + 512) + Array(bytes.count - 1024..<bytes.count)
        var damaged = bytes
        for position in places where bytes[position] != 0 || position % 5 == 0 {
            for value: UInt8 in [0, 0x7F, 0xFF] {
                damaged[position] = value
                _ = try? PartitionedDisk(ByteArrayAccess(damaged))
            }
            damaged[position] = bytes[position]
        }
    }
}
