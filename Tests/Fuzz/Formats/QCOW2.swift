import Bytes
import Deflate
import QCOW2

extension FuzzFormat {
    static let qcow2 = FuzzFormat(
        name: "qcow2", seeds: QCOW2Seeds.make,
        read: { specimen in try readEverything(try QCOW2Image(specimen)) })
}

private enum QCOW2Seeds {
    @Sendable static func make() throws -> [Specimen] {
        let written = try QCOW2.write(SampleDisk.make(), to: ByteArraySink()).bytes
        return [
            try Specimen(sparse: ByteArrayAccess(written)), Specimen(smallClusters(version: 2)),
            Specimen(smallClusters(version: 3)), Specimen(smallClusters(version: 3, isZstd: true)),
        ]
    }

    /// Clusters of 512 bytes, of every kind: as it is, left out, of zeros (version 3), compressed.
    private static func smallClusters(version: UInt32, isZstd: Bool = false) -> [UInt8] {
        var image: [UInt8] = []
        for value in [0x5146_49FB, version, 0, 0, 0, 9] { image.append(big: UInt32(value)) }
        // Two L2 tables map 64 clusters each.
        image.append(big: UInt64(128 * 512))
        image.append(big: UInt32(0))
        image.append(big: UInt32(2))
        for offset in [512, 1024] { image.append(big: UInt64(offset)) }
        image.append(big: UInt32(1))
        image.append(zeros: 12)
        if version == 3 {
            image.append(big: UInt64(isZstd ? 1 << 3 : 0))
            image.append(zeros: 16)
            image.append(big: UInt32(4))
            image.append(big: UInt32(isZstd ? 112 : 104))
            if isZstd { image.append(1) }
        }
        image.align(to: 512)
        // The L1 table, refcount table and block, two L2 tables.
        image.append(big: UInt64(2048) | 1 << 63)
        image.append(big: UInt64(2560) | 1 << 63)
        image.align(to: 512)
        image.append(big: UInt64(1536))
        image.align(to: 512)
        for _ in 0..<16 { image.append(big: UInt16(1)) }
        image.align(to: 512)
        var packed: [UInt8] = []
        [UInt8](repeating: 7, count: 512).withUnsafeBytes {
            DeflateEncoder().compress($0, last: true, into: &packed)
        }
        if isZstd { packed = zstdSevens }
        for table in 0..<2 {
            for entry in 0..<64 {
                switch (entry + table) % 5 {
                case 0: image.append(big: UInt64(3072 + table * 512) | 1 << 63)
                case 1: image.append(big: UInt64(4096 + table * packed.count) | 1 << 62)
                case 2 where version == 3: image.append(big: UInt64(1))
                case 3: image.append(big: UInt64(3584) | 1 << 63)
                default: image.append(big: UInt64(0))
                }
            }
        }
        image += SampleTree.words(1024)
        image += packed + packed
        image.align(to: 512)
        return image
    }

    /// 512 times 7, as zstd 1.5.4 has it.
    private static let zstdSevens: [UInt8] = [
        0x28, 0xB5, 0x2F, 0xFD, 0x60, 0, 1, 0x45, 0, 0, 8, 7, 1, 0, 0xFC, 0x2A, 0x10, 2,
    ]
}

/// A disk with data here and there.
enum SampleDisk {
    static func make() throws -> Specimen {
        var disk = [UInt8](repeating: 0, count: 3 << 20)
        disk.store(SampleTree.words(3000), at: 0)
        disk.store(SampleTree.words(700), at: 200_000)
        disk.store(SampleTree.words(5000), at: (2 << 20) - 2048)
        disk.store([0x55, 0xAA], at: disk.count - 2)
        return try Specimen(sparse: ByteArrayAccess(disk))
    }
}
