import Bytes
import FileTree
import Testing

@testable import FAT

@Suite struct GeometryTests {
    /// Sizes on both sides of each place where the choice changes, and odd ones.
    private static let sizes: [UInt64] = {
        let edges: [UInt64] = [8, 128, 256, 512, 8 << 10, 16 << 10, 32 << 10].map { $0 << 20 }
        // 2,048-byte clusters from 4,060 to 4,110, where FAT12 becomes FAT16.
        let zone = (4060...4110).map { UInt64($0) * 2048 + 40 * 512 }
        // 64 KiB are about as small as a FAT12 with 512 root entries gets.
        let others: [UInt64] = [64 << 10, 1_474_560, 100_000_256, 2 << 40 - 512, (2 << 40) - 32768]
        return edges.flatMap { [$0 - 512, $0, $0 + 512, $0 + 20_000 * 512] } + zone
            + others.map { $0 / 512 * 512 }
    }()

    @Test("Volumes of any size have a number of clusters that no reader mistakes, and exactly that size")
    func sizes() throws {
        for size in Self.sizes {
            let volume = try FATVolume(files: [], options: Volume.options(.exactly(size)))
            #expect(volume.extents.count == size)
            try Self.check(volume)
        }
    }

    @Test("The same where FAT16 becomes FAT32")
    func wideSizes() throws {
        // 512-byte clusters from about 65,480 to 65,610.
        for count in (65_480...65_610).map({ UInt64($0) + 580 }) {
            let options = Volume.options(.exactly(count * 512), cluster: 512)
            let volume = try FATVolume(files: [], options: options)
            #expect(volume.extents.count == count * 512)
            try Self.check(volume)
        }
    }

    @Test("Each width can be asked for, with each size of clusters")
    func forms() throws {
        for type in FATType.allCases {
            for cluster: UInt64 in [512, 1024, 2048, 4096, 8192, 16384, 32768] {
                let options = Volume.options(type: type, cluster: cluster)
                let volume = try FATVolume(files: Volume.samples, options: options)
                #expect(volume.type == type)
                #expect(volume.clusterSize == cluster)
                try Self.check(volume)
                for file in Volume.samples where file.contents.count > 0 {
                    #expect(try #require(volume.offset(of: file.path)) % 2048 == 0)
                }
            }
        }
    }

    @Test("FAT32 starts at 33 MiB where it is asked for")
    func smallestFAT32() throws {
        let volume = try FATVolume(files: [], options: Volume.options(type: .fat32))
        #expect(volume.extents.count < 34 << 20)
        #expect(volume.clusterCount == 65541)
    }

    /// What a reader makes of the boot sector.
    private static func check(_ volume: FATVolume) throws {
        let boot = try FATReader(volume.extents.access(from: Volume.Store())).bootSector
        #expect(boot.clusterCount == volume.clusterCount, "\(volume.extents.count)")
        #expect(boot.type == volume.type)
        #expect(volume.type.clusterCounts.contains(boot.clusterCount))
        #expect(boot.dataOffset % 2048 == 0)
        #expect(boot.totalSectors * 512 == volume.extents.count)
        // The specification's own order of questions.
        let counted: FATType =
            boot.clusterCount < 4085 ? .fat12 : boot.clusterCount < 65525 ? .fat16 : .fat32
        #expect(counted == volume.type)
    }

    @Test("A volume of 2 TiB takes no memory for what is free")
    func large() throws {
        let volume = try FATVolume(files: Volume.samples, options: Volume.options(.exactly(2 << 40 - 512)))
        var literal = 0
        for extent in volume.extents.extents {
            if case .bytes(let bytes) = extent.source { literal += bytes.count }
        }
        #expect(literal < 200_000)
        let found = try Volume.paths(volume)
        #expect(found.count == 1 + Volume.samples.count + 5)
    }

    @Test("What makes no volume is refused, with what to do")
    func refused() throws {
        func failure(_ files: [FATFile], _ change: (inout FATOptions) -> Void) -> FATError? {
            var options = Volume.options()
            change(&options)
            do throws(FATError) {
                _ = try FATVolume(files: files, options: options)
                return nil
            } catch { return error }
        }
        let small = failure(Volume.samples) { $0.size = .exactly(64 << 10) }
        guard case .volumeTooSmall(let needed, 65536) = small else {
            Issue.record("\(String(describing: small))")
            return
        }
        #expect(failure(Volume.samples) { $0.size = .exactly(needed) } == nil)
        #expect(
            failure([]) { $0.size = .exactly(1000) }
                == .impossibleSize(size: 1000, reason: "it is not a whole number of 512-byte sectors"))
        #expect(failure([]) { $0.size = .exactly(4 << 40) } != nil)
        #expect(failure([]) { $0.size = .fitting(minimum: .max) } != nil)
        #expect(
            failure([]) {
                $0.size = .exactly(8 << 20)
                $0.type = .fat32
            } != nil)
        for label: ByteString in ["", "lower", "TWELVE CHARS", " X", "A*B", "Ä"] {
            #expect(failure([]) { $0.label = label } == .invalidLabel(label))
        }
        #expect(failure([]) { $0.alignment = 3000 } != nil)
        #expect(failure([]) { $0.clusterSize = 65536 } != nil)
        #expect(failure([]) { $0.alignment = 4096 } == nil)
        #expect(failure([]) { $0.alignment = 1 << 20 } == nil)
    }
}
