import Bytes
import Digests
import FileTree
import PartitionTable
import TestSupport
import Testing

@Suite struct DiskLayoutTests {
    @Test("A GPT comes back from our own reader without a complaint")
    func roundTrip() throws {
        let layout = try DiskLayout.gpt(Disk.volumes, stamp: BuildStamp())
        let disk = try PartitionedDisk(Disk.access(layout))
        #expect(disk.problems == [])
        let gpt = try #require(disk.gpt)
        #expect(gpt.partitions.map { $0?.name } == ["EFI system partition", "dätä 💾"])
        #expect(gpt.partitions.map { $0?.type } == [.efiSystem, .linuxData])
        #expect(disk.partitions.map { $0.offset..<$0.offset + $0.length } == layout.partitions)
        let expected: [Range<UInt64>] = [1_048_576..<1_053_696, 2_097_152..<2_098_176]
        #expect(layout.partitions == expected)
        #expect(layout.extents.count == 3 << 20)
        let bytes = try Disk.bytes(layout.extents)
        #expect(bytes[1 << 20..<(1 << 20) + 5000].allSatisfy { $0 == 1 })
        #expect(bytes[(1 << 20) + 5000..<2 << 20].allSatisfy { $0 == 0 })
        #expect(bytes[2 << 20] == 2)
    }

    @Test("The bytes of the samples are frozen; sgdisk and sfdisk judge the same disks")
    func golden() throws {
        let layouts = [("gpt", try Disk.gpt()), ("mbr", try Disk.mbr()), ("hybrid", try Disk.hybrid())]
        try GoldenDigests.check(
            "partition-tables", layouts.map { (name: $0.0, bytes: try Disk.bytes($0.1.extents)) })
    }

    @Test("An MBR comes back from our own reader without a complaint")
    func mbr() throws {
        let layout = try DiskLayout.mbr(
            Disk.volumes, alignment: 4096, bootCode: [0xEB, 0xFE], stamp: BuildStamp())
        let disk = try PartitionedDisk(Disk.access(layout))
        #expect(disk.problems == [])
        #expect(disk.gpt == nil)
        #expect(disk.partitions.map { $0.offset..<$0.offset + $0.length } == layout.partitions)
        #expect(disk.mbr?.bootCode.prefix(3) == [0xEB, 0xFE, 0])
        #expect(disk.mbr?.diskSignature != 0)
        let expected: [Range<UInt64>] = [4096..<9216, 12288..<13312]
        #expect(layout.partitions == expected)
        #expect(layout.extents.count == 16384)
    }

    @Test("GUIDs and signatures are derived from what is on the disk")
    func identity() throws {
        func identifiers(_ volumes: [DiskLayout.Volume], size: UInt64? = nil) throws -> [String] {
            let gpt = try #require(
                try PartitionedDisk(
                    Disk.access(DiskLayout.gpt(volumes, size: size, stamp: BuildStamp()))
                ).gpt)
            let mbr = try #require(
                try PartitionedDisk(
                    Disk.access(DiskLayout.mbr(volumes, size: size, stamp: BuildStamp()))
                ).mbr)
            return [gpt.identifier.description, "\(mbr.diskSignature)"]
                + gpt.partitions.compactMap { $0?.identifier.description }
        }
        let first = try identifiers(Disk.volumes)
        #expect(try identifiers(Disk.volumes) == first)
        #expect(Set(first).count == first.count)
        var changed = Disk.volumes
        changed[1].contents = Disk.map(3, 1)
        let others = try identifiers(changed) + identifiers(Disk.volumes, size: 5 << 20)
        #expect(Set(first + others).count == 12)
        // Two equal volumes are two partitions all the same.
        let twins = try identifiers([Disk.volumes[0], Disk.volumes[0]])
        #expect(Set(twins).count == twins.count)
    }

    @Test("A hybrid image keeps its own bytes behind the table, and shows parts of itself")
    func hybrid() throws {
        var image = ExtentMap()
        image.append(zeros: 32768)
        image.append([UInt8](repeating: 5, count: 100_000))
        let code = try MBR.isohybridCode([UInt8](repeating: 9, count: 432), isolinuxSector: 64)
        let windows = [
            DiskLayout.Window(32768..<65536, type: .efiSystem, name: "ESP", attributes: .required)
        ]
        let layout = try DiskLayout.hybrid(image, windows: windows, bootCode: code, stamp: BuildStamp()) {
            [
                MBRPartition(type: 0, firstSector: 0, sectorCount: UInt32($0), isActive: true),
                MBRPartition(type: 0xEF, firstSector: 64, sectorCount: 64),
                MBRPartition(type: 0xEE, firstSector: 1, sectorCount: 63),
            ]
        }
        #expect(layout.extents.count == 1 << 20)
        let bytes = try Disk.bytes(layout.extents)
        #expect(bytes[..<440].elementsEqual(code))
        #expect(bytes[34 * 512..<32768].allSatisfy { $0 == 0 })
        #expect(bytes[32768..<132_768].allSatisfy { $0 == 5 })
        let disk = try PartitionedDisk(Disk.access(layout))
        #expect(disk.problems == [])
        #expect(disk.mbr?.partitions.map { $0?.type } == [0, 0xEF, 0xEE, nil])
        #expect(disk.gpt?.partitions.map { $0?.attributes } == [.required])
        #expect(disk.partitions.map(\.offset) == [32768])
        #expect(layout.partitions == [32768..<65536])
    }

    @Test("An image that uses the table's sectors is refused, zeros in them are not")
    func occupied() throws {
        var image = ExtentMap()
        image.append([UInt8](repeating: 0, count: 20_000) + [1])
        #expect(try DiskLayout.hybrid(image, windows: [], stamp: BuildStamp()).extents.count == 1 << 20)
        var used = ExtentMap()
        used.append(zeros: 512)
        used.append([0, 0, 3])
        #expect(throws: PartitionTableError.imageOccupied(offset: 514)) {
            try DiskLayout.hybrid(used, windows: [], stamp: BuildStamp())
        }
    }

    @Test("What cannot be laid out is refused, with what is needed")
    func refused() throws {
        func failure(_ volumes: [DiskLayout.Volume], _ size: UInt64?, _ alignment: UInt64 = 1 << 20)
            -> PartitionTableError?
        {
            do throws(PartitionTableError) {
                _ = try DiskLayout.gpt(volumes, size: size, alignment: alignment, stamp: BuildStamp())
                return nil
            } catch { return error }
        }
        let needed: UInt64 = 2_098_176 + 16_896
        #expect(
            failure(Disk.volumes, 2 << 20) == .diskTooSmall(needed: needed, available: 2 << 20))
        #expect(failure(Disk.volumes, needed) == nil)
        #expect(failure(Disk.volumes, needed + 1) == .notWholeSectors(size: needed + 1))
        #expect(failure(Disk.volumes, nil, 1000) == .badAlignment(1000))
        var long = Disk.volumes
        long[1].name = String(repeating: "💾", count: 18) + "x"
        #expect(failure(long, nil) == .nameTooLong(partition: 2, name: long[1].name))
        long[1].name.removeLast()
        #expect(failure(long, nil) == nil)
        long[1].minimumSize = .max
        #expect(failure(long, nil) == .diskTooSmall(needed: .max, available: 1 << 56))
        let many = [DiskLayout.Volume](repeating: Disk.volumes[0], count: 129)
        #expect(failure(many, nil, 4096) == .tooManyPartitions(count: 129, limit: 128))
        #expect(failure(Array(many.dropLast()), nil, 4096) == nil)
        var large = Disk.volumes
        large[0].minimumSize = 3 << 40
        #expect(throws: PartitionTableError.beyondMBR(partition: 1, sector: 2047 + 3 << 31)) {
            try DiskLayout.mbr(large, stamp: BuildStamp())
        }
        #expect(failure(large, nil) == nil)
        #expect(throws: PartitionTableError.tooManyPartitions(count: 5, limit: 4)) {
            try DiskLayout.mbr(Array(many.prefix(5)), stamp: BuildStamp())
        }
    }

    @Test("Partitions that overlap or leave the disk are refused")
    func overlaps() throws {
        func partition(_ first: UInt64, _ last: UInt64, _ name: String = "a") -> GPTPartition {
            let identifier = GUID(BuildStamp(), role: name, of: SHA256Digest(hashing: ""))
            return GPTPartition(
                type: .linuxData, identifier: identifier, firstSector: first, lastSector: last)
        }
        func failure(_ partitions: [GPTPartition?]) -> PartitionTableError? {
            do throws(PartitionTableError) {
                _ = try GPTDisk(identifier: .zero, partitions: partitions).primary(diskSize: 1 << 20)
                return nil
            } catch { return error }
        }
        #expect(failure([nil, partition(34, 2014), nil]) == nil)
        #expect(failure([partition(33, 40)]) == .outside(partition: 1, first: 34, last: 2014))
        #expect(failure([partition(34, 2015)]) == .outside(partition: 1, first: 34, last: 2014))
        #expect(failure([partition(41, 40)]) == .emptyRange(partition: 1, first: 41, last: 40))
        #expect(
            failure([partition(50, 90), nil, partition(34, 50, "b")]) == .overlap(partition: 1, other: 3))
        #expect(
            failure([partition(34, 90), partition(40, 50, "b"), partition(60, 70, "c")])
                == .overlap(partition: 1, other: 2))
        #expect(
            failure([partition(34, 90), partition(91, 95)]) == .duplicateIdentifier(partition: 1, other: 2))
    }
}
