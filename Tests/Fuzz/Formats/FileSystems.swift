import Bytes
import Checksums
import EROFS
import FAT
import FileTree

extension FuzzFormat {
    /// FAT12, FAT16 and FAT32.
    static let fat = FuzzFormat(
        name: "fat",
        seeds: {
            let sizes: [(FATType, UInt64, UInt64)] = [
                (.fat12, 512, 1 << 20), (.fat16, 512, 4 << 20), (.fat32, 512, 40 << 20),
            ]
            return try sizes.map { type, cluster, size in
                let options = FATOptions(
                    label: "FUZZ", stamp: SampleTree.stamp, size: .exactly(size), type: type,
                    clusterSize: cluster)
                let volume = try FATVolume(tree: try SampleTree.plain(), options: options)
                return try Specimen(sparse: volume.extents.access(from: SampleTree.Store()))
            }
        },
        read: { specimen in
            let reader = try FATReader(specimen)
            try readEverything(reader)
            _ = try reader.label()
        })

    /// With a right checksum of the superblock.
    static let erofs = FuzzFormat(
        name: "erofs",
        seeds: {
            var stamp = SampleTree.stamp
            let extended = try EROFSImage(tree: try SampleTree.whole(), stamp: stamp)
            // Built at the files' own time, so that inodes are compact.
            stamp.time = SampleTree.metadata(0).modified
            let compact = try EROFSImage(tree: try SampleTree.whole(), stamp: stamp)
            return try [extended, compact].map {
                try Specimen(sparse: $0.extents.access(from: SampleTree.Store()))
            } + [erofsChunks()]
        },
        read: { specimen in try readEverything(try EROFSReader(specimen)) }, repair: repairEROFS)

    /// A file in chunks, which our writer does not make, in the place of a symbolic link: behind its inode the
    /// address of one block and a hole.
    private static func erofsChunks() throws -> Specimen {
        var builder = FileTree.Builder(stamp: SampleTree.stamp.time)
        try builder.add(
            "a", FileNode(kind: .symbolicLink("8 bytes."), metadata: SampleTree.metadata(0o777)))
        try builder.add("b", SampleTree.file(SampleTree.words(4096)))
        let image = try EROFSImage(tree: builder.freeze(), stamp: SampleTree.stamp).extents.access(
            from: SampleTree.Store())
        var numbers: [Int] = []
        try EROFSReader(image).walk { (file, _) throws(EROFSError) in numbers.append(Int(file.fileNumber)) }
        let (root, inode) = (numbers[0] * 32, numbers[1] * 32)
        var bytes = try image.bytes(at: 0, length: Int(image.count), of: "an image")
        // An extended inode, chunk-based; the type in the third entry of the root.
        bytes.store(little: UInt16(4 << 1 | 1), at: inode)
        bytes.store(little: UInt16(0o100644), at: inode + 4)
        bytes.store(little: UInt64(8192), at: inode + 8)
        bytes.store(little: UInt32(0), at: inode + 16)
        bytes.store(little: UInt32(image.count / 4096 - 1), at: inode + 64)
        bytes.store(little: UInt32.max, at: inode + 68)
        bytes[root + 32 + 2 * 12 + 10] = 1
        var specimen = try Specimen(sparse: ByteArrayAccess(bytes))
        repairEROFS(&specimen)
        return specimen
    }

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
}
