import Bytes
import Checksums
import EROFS
import FileTree

extension FuzzFormat {
    /// With a right checksum of the superblock.
    static let erofs = FuzzFormat(
        name: "erofs",
        seeds: {
            let image = try EROFSImage(tree: try SampleTree.whole(), stamp: SampleTree.stamp)
            return [
                try Specimen(sparse: image.extents.access(from: SampleTree.Store())), chunkedEROFS(),
            ]
        },
        read: { specimen in try readEverything(try EROFSReader(specimen)) }, repair: repairEROFS)

    /// Of the first block from byte 1024 on, the checksum itself, at 1028, as zero (erofs_fs.h, `struct erofs_super_block`).
    @Sendable private static func repairEROFS(_ specimen: inout Specimen) {
        guard let start = specimen.position(of: 1024, length: 128) else { return }
        let bits = UInt64(specimen.bytes[start + 12])
        specimen.bytes.store(little: UInt32(0), at: start + 4)
        guard (11...16).contains(bits), specimen.count >= 1 << bits,
            let block = try? specimen.bytes(at: 1024, length: 1 << Int(bits) - 1024, of: "a block")
        else { return }
        var sum = CRC32C()
        sum.update(block)
        specimen.bytes.store(little: sum.register, at: start + 4)
    }

    /// An image by hand (erofs_fs.h) with what our writer has no use for: files in chunks, whose blocks stand in a table of block
    /// numbers or of indexes. Blocks of 4 KiB: superblock and inodes in the first, contents in the next two.
    private static func chunkedEROFS() -> Specimen {
        var image = [UInt8](repeating: 0, count: 1024)
        image.append(little: UInt32(0xE0F5_E1E2))
        // Checksum, features, 2^12 bytes a block, the root's number (of 32 bytes), three inodes.
        image.append(little: UInt32(0))
        image.append(little: UInt32(1))
        image += [12, 0]
        image.append(little: UInt16(36))
        image.append(little: UInt64(3))
        image.append(zeros: 12)
        image.append(little: UInt32(3))
        image.append(zeros: 40)
        // Files in chunks.
        image.append(little: UInt32(4))
        image.append(zeros: 1152 - image.count)
        // The root: its names stand behind the inode (layout 2).
        appendInode(layout: 2, mode: 0o40755, size: 4 * 12 + 1 + 2 + 6 + 7, word: 0, to: &image)
        var nameOffset: UInt16 = 48
        for (number, type, name) in [(36, 2, "."), (36, 2, ".."), (40, 1, "chunks"), (43, 1, "indexed")] {
            image.append(little: UInt64(number))
            image.append(little: nameOffset)
            image += [UInt8(type), 0]
            nameOffset += UInt16(name.utf8.count)
        }
        image += Array("...chunksindexed".utf8)
        image.append(zeros: 40 * 32 - image.count)
        // Chunks of a block each: one in the image, a hole, one more. Then the same as indexes.
        appendInode(layout: 4, mode: 0o100644, size: 9000, word: 0, to: &image)
        for block in [1, UInt32.max, 2] { image.append(little: block) }
        image.append(zeros: 43 * 32 - image.count)
        appendInode(layout: 4, mode: 0o100644, size: 9000, word: 0x20, to: &image)
        for block in [2, 1, UInt32.max] {
            image.append(little: UInt32(0))
            image.append(little: block)
        }
        image.align(to: 4096)
        var specimen = Specimen(image + SampleTree.words(8192))
        repairEROFS(&specimen)
        return specimen
    }

    /// A compact inode: 32 bytes.
    private static func appendInode(
        layout: UInt16, mode: UInt16, size: UInt32, word: UInt32, to image: inout [UInt8]
    ) {
        let links: UInt16 = layout == 2 ? 2 : 1
        for value in [layout << 1, 0, mode, links] { image.append(little: value) }
        for value in [size, 0, word, 1, 0, 0] { image.append(little: value) }
    }
}
