import Bytes
import Checksums
import FileTree
import PartitionTable

extension FuzzFormat {
    /// Disks with a GPT or an MBR, the CRCs of the GPT right.
    static let partitionTable = FuzzFormat(
        name: "partition-table", seeds: PartitionTableSeeds.make,
        read: { specimen in
            let disk = try PartitionedDisk(specimen)
            for problem in disk.problems { _ = problem.description }
            for partition in disk.partitions {
                guard partition.length > 0,
                    partition.offset.addingReportingOverflow(partition.length).overflow == false
                else { throw BrokenPromise("partition \(partition.number) has no bytes") }
                try readEverything(
                    RangeSource(specimen, offset: partition.offset, length: min(partition.length, 4096)))
            }
        }, repair: PartitionTableSeeds.repair)
}

private enum PartitionTableSeeds {
    @Sendable static func make() throws -> [Specimen] {
        let stamp = SampleTree.stamp
        var volume = ExtentMap()
        volume.append(SampleTree.words(2000))
        volume.align(to: 4096)
        let volumes = [
            DiskLayout.Volume.efiSystem(volume), DiskLayout.Volume(volume, name: "a name of some length"),
            DiskLayout.Volume(volume, isActive: true),
        ]
        let layouts = [
            try DiskLayout.gpt(volumes, size: 1 << 20, alignment: 4096, stamp: stamp),
            try DiskLayout.mbr(volumes, size: 1 << 20, alignment: 512, stamp: stamp),
        ]
        return try layouts.map { try Specimen(sparse: $0.extents.access(from: SampleTree.Store())) }
    }

    /// Computes the CRCs of every header that is there, of its entries where these are.
    @Sendable static func repair(_ specimen: inout Specimen) {
        for segment in specimen.segments {
            for sector in stride(from: 0, to: segment.length - 511, by: 512) {
                let start = segment.start + sector
                if specimen.bytes[start..<start + 8].elementsEqual("EFI PART".utf8) {
                    repairHeader(&specimen, at: start)
                }
            }
        }
    }

    /// UEFI 2.10, 5.3.2: the entries' CRC is at 88, the header's at 16 with itself as zero.
    private static func repairHeader(_ specimen: inout Specimen, at start: Int) {
        let bytes = specimen.bytes
        let first: UInt64 = bytes.little(at: start + 72) ?? 0
        let (count, size): (UInt32, UInt32) = (
            bytes.little(at: start + 80) ?? 0, bytes.little(at: start + 84) ?? 0
        )
        let length = UInt64(count) * UInt64(size)
        if first < specimen.count / 512, length <= min(1 << 20, specimen.count - first * 512),
            let entries = try? specimen.bytes(at: first * 512, length: Int(length), of: "entries")
        {
            specimen.bytes.store(little: entries.withUnsafeBytes { CRC32.checksum($0) }, at: start + 88)
        }
        let headerSize = Int(min(bytes.little(UInt32.self, at: start + 12) ?? 0, 512))
        specimen.bytes.store(little: UInt32(0), at: start + 16)
        let sum = specimen.bytes[start..<start + headerSize].withUnsafeBytes { CRC32.checksum($0) }
        specimen.bytes.store(little: sum, at: start + 16)
    }
}
