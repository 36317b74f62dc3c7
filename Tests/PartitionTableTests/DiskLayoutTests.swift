import Bytes
import Digests
import FileTree
import PartitionTable
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
        #expect(
            disk.partitions.map { $0.offset..<$0.offset + $0.length } == layout.partitions)
        let expected: [Range<UInt64>] = [1_048_576..<1_053_696, 2_097_152..<2_098_176]
        #expect(layout.partitions == expected)
        #expect(layout.extents.count == 3 << 20)
    }
}
