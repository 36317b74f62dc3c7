import Bytes
import FAT
import FileTree
import Testing

@Suite("Free space in a volume") struct FreeSpaceTests {
    /// FAT12, FAT16 with clusters of three sizes, FAT32.
    @Test(
        "As much stays free as was asked for, and less than a cluster more",
        arguments: [1, 5 << 20, 100 << 20, 200 << 20, 400 << 20, 600 << 20] as [UInt64])
    func free(size: UInt64) throws {
        var contents = ExtentMap()
        contents.append(zeros: size)
        let file = FATFile(path: "EFI/BOOT/BOOTX64.EFI", contents: contents, modified: Volume.time)
        var options = Volume.options()
        let tight = try FATVolume(files: [file], options: options)
        options.freeSpace = 65_536
        let volume = try FATVolume(files: [file], options: options)
        let used = (size + tight.clusterSize - 1) / tight.clusterSize + 2 + (tight.type == .fat32 ? 1 : 0)
        let free = (volume.clusterCount - used) * volume.clusterSize
        #expect(free >= 65_536 && free < 65_536 + volume.clusterSize, "\(free)")
        #expect(volume.clusterSize == tight.clusterSize && volume.type == tight.type)
        #expect(volume.offset(of: file.path) != nil)
    }

    @Test("A volume of a given size has the room, or is refused")
    func exactly() throws {
        let file = Volume.file("a", Volume.pattern(1 << 20))
        var options = Volume.options(.exactly(1_200_000 / 512 * 512))
        _ = try FATVolume(files: [file], options: options)
        options.freeSpace = 200_000
        #expect(throws: FATError.self) { try FATVolume(files: [file], options: options) }
        options.freeSpace = .max
        #expect(throws: FATError.self) { try FATVolume(files: [file], options: options) }
    }
}
