import Bytes
import TestSupport

/// Dynamic images made by hand, so that the reader is not judged by our own writer: the header at byte 0, the block
/// allocation table at 1024, from 1536 on blocks of two sectors with a bitmap of one, the footer.
struct RawVHD {
    var diskType: UInt32 = 3
    var currentSize: UInt64 = 8 * 1024
    var version: UInt32 = 0x0001_0000
    var dataOffset: UInt64 = 0
    var tableOffset: UInt64 = 1024
    var maxTableEntries: UInt32 = 8
    var blockSize: UInt32 = 1024
    var table = [UInt32](repeating: .max, count: 8)
    /// What stands from byte 1536 on.
    var blocks: [UInt8] = []
    var breaksChecksum = false

    /// Data in the first block and in the second sector of the last.
    static var sample: RawVHD {
        var image = RawVHD()
        image.table[0] = 3
        image.table[7] = 6
        for bits: UInt8 in [0xC0, 0x40] {
            image.blocks.append(bits)
            image.blocks.append(zeros: 511)
            image.blocks += Disks.noise(1024)
        }
        return image
    }

    var bytes: [UInt8] {
        var header = Array("cxsparse".utf8)
        header.append(big: UInt64.max)
        header.append(big: tableOffset)
        header.append(big: UInt32(0x0001_0000))
        header.append(big: maxTableEntries)
        header.append(big: blockSize)
        header.append(zeros: 1024 - header.count)
        Self.sum(&header, at: 36)
        for entry in table { header.append(big: entry) }
        header.align(to: 512)
        var footer = Array("conectix".utf8)
        footer.append(big: UInt32(2))
        footer.append(big: version)
        footer.append(big: dataOffset)
        footer.append(zeros: 24)
        footer.append(big: currentSize)
        footer.append(zeros: 4)
        footer.append(big: diskType)
        footer.append(zeros: 512 - footer.count)
        Self.sum(&footer, at: 64)
        if breaksChecksum { footer[64] ^= 1 }
        return header + blocks + footer
    }

    private static func sum(_ bytes: inout [UInt8], at offset: Int) {
        bytes.store(big: ~bytes.reduce(UInt32(0)) { $0 + UInt32($1) }, at: offset)
    }
}
