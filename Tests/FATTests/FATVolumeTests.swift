import Bytes
import FAT
import FileTree
import TestSupport
import Testing

@Suite struct FATVolumeTests {
    @Test("Every name and content comes back from our own reader", arguments: FATType.allCases)
    func roundTrip(_ type: FATType) throws {
        let volume = try FATVolume(files: Volume.samples, options: Volume.options(type: type))
        #expect(volume.type == type)
        let bytes = try Volume.bytes(volume)
        let found = try Volume.read(bytes)
        for file in Volume.samples {
            let (entry, contents) = try #require(found.first { $0.0.path == file.path }, "\(file.path)")
            #expect(ExtentMap(.bytes(ByteString(contents))).identity == file.contents.identity)
            #expect(entry.metadata.modified == Timestamp(seconds: 1_500_000_000))
            guard entry.size > 0 else { continue }
            let offset = Int(try #require(volume.offset(of: file.path)))
            #expect(offset % 2048 == 0)
            #expect(bytes[offset..<offset + contents.count].elementsEqual(contents))
        }
        #expect(volume.offset(of: "empty") == nil)
        #expect(volume.offset(of: "EFI") == nil)
        #expect(volume.offset(of: "missing") == nil)
        #expect(volume.offset(of: "/EFI//BOOT/BOOTX64.EFI") == volume.offset(of: "EFI/BOOT/BOOTX64.EFI"))
        #expect(try FATReader(ByteArrayAccess(bytes)).label() == "EFI BOOT")
    }

    @Test("The bytes depend on the files, not on their order, and the serial on all that is written")
    func determinism() throws {
        func volume(_ files: [FATFile], _ change: (inout FATOptions) -> Void = { _ in }) throws -> FATVolume {
            var options = Volume.options()
            change(&options)
            return try FATVolume(files: files, options: options)
        }
        let first = try volume(Volume.samples)
        #expect(try Volume.bytes(volume(Volume.samples.reversed())) == Volume.bytes(first))
        var changed = Volume.samples
        changed[3] = Volume.file("README.TXT", [9])
        var later = Volume.samples
        later[0].modified.seconds += 2
        var hidden = Volume.samples
        hidden[0].attributes.insert(.hidden)
        let serials = [
            first.serial, try volume(changed).serial, try volume(later).serial, try volume(hidden).serial,
            try volume(Volume.samples) { $0.label = "OTHER" }.serial, try volume([]).serial,
        ]
        #expect(Set(serials).count == serials.count)
        // Where nothing else says it, the time is the stamp's.
        let stamped = try volume(Volume.samples) { $0.stamp = BuildStamp(epoch: 1_600_000_000) }
        let found = try Volume.read(Volume.bytes(stamped))
        let directory = try #require(found.first { $0.0.path == "EFI" })
        #expect(directory.0.metadata.modified == Timestamp(seconds: 1_600_000_000))
    }

    @Test("The bytes of the samples are frozen; fsck.fat and mtools judge the same volumes")
    func golden() throws {
        let outputs = try FATType.allCases.map { type in
            let volume = try FATVolume(files: Volume.samples, options: Volume.options(type: type))
            return (name: "\(type)", bytes: try Volume.bytes(volume))
        }
        try GoldenDigests.check("fat", outputs)
    }

    @Test("The boot sector's fields are where the specification has them")
    func bootSector() throws {
        var options = Volume.options(.exactly(16 << 20))
        options.hiddenSectors = 2048
        let bytes = try Volume.bytes(FATVolume(files: [], options: options))
        #expect(bytes[0..<11].elementsEqual([0xEB, 0x3C, 0x90] + Array("MSWIN4.1".utf8)))
        // 512 bytes a sector, 4 sectors a cluster, 4 reserved sectors.
        #expect(bytes[11..<16].elementsEqual([0, 2, 4, 4, 0]))
        // 2 FATs, 512 root entries, 32,768 sectors, media 0xF8, 32 sectors a FAT.
        #expect(bytes[16..<24].elementsEqual([2, 0, 2, 0, 0x80, 0xF8, 32, 0]))
        #expect(bytes[24..<36].elementsEqual([63, 0, 255, 0, 0, 8, 0, 0, 0, 0, 0, 0]))
        #expect(bytes[36..<39].elementsEqual([0x80, 0, 0x29]))
        #expect(bytes[43..<62].elementsEqual(Array("EFI BOOT   FAT16   ".utf8)))
        #expect(bytes[510..<512].elementsEqual([0x55, 0xAA]))
        // The FATs: media byte and end of chain, nothing else.
        for fat in [4 * 512, 36 * 512] {
            #expect(bytes[fat..<fat + 6].elementsEqual([0xF8, 0xFF, 0xFF, 0xFF, 0, 0]))
        }
        #expect(bytes[68 * 512..<68 * 512 + 12].elementsEqual(Array("EFI BOOT   ".utf8) + [0x08]))
    }

    @Test("FAT32 has its boot sectors twice, and FSInfo knows what is free")
    func wideBootSector() throws {
        let volume = try FATVolume(files: Volume.samples, options: Volume.options(type: .fat32))
        let bytes = try Volume.bytes(volume)
        #expect(bytes[0..<1536].elementsEqual(bytes[6 * 512..<9 * 512]))
        #expect(bytes[17..<24].elementsEqual([0, 0, 0, 0, 0xF8, 0, 0]))
        #expect(bytes[44..<52].elementsEqual([2, 0, 0, 0, 1, 0, 6, 0]))
        #expect(bytes[82..<90].elementsEqual("FAT32   ".utf8))
        #expect(bytes.little(UInt32.self, at: 512) == 0x4161_5252)
        let free: UInt32 = try #require(bytes.little(at: 512 + 488))
        let next: UInt32 = try #require(bytes.little(at: 512 + 492))
        let fat = Int(try FATReader(ByteArrayAccess(bytes)).bootSector.fatOffset)
        var used = 0
        for cluster in 2..<Int(volume.clusterCount) + 2
        where bytes.little(UInt32.self, at: fat + cluster * 4) != 0 { used += 1 }
        #expect(UInt64(free) == volume.clusterCount - UInt64(used))
        #expect(bytes.little(UInt32.self, at: fat + Int(next) * 4) == 0)
        #expect(bytes.little(UInt32.self, at: fat + Int(next - 1) * 4) != 0)
    }
}
