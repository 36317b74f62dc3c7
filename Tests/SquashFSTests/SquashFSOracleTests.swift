import Bytes
import FileTree
import Foundation
import Host
import LibraryCompression
import SquashFS
import TestSupport
import Testing

/// Other people's tools read what we write, and we read what they write.
@Suite struct SquashFSOracleTests {
    private static let isRoot = geteuid() == 0

    @Test(
        "unsquashfs unpacks all of it, and mksquashfs makes an image of that in which we find the tree again",
        .enabled(
            if: Tool.available("unsquashfs", "mksquashfs"), "unsquashfs or mksquashfs is not installed"),
        .enabled(if: isRoot, "unpacking devices and owners needs root"),
        arguments: [4096, 131_072, 1_048_576])
    func thereAndBack(_ blockSize: Int) throws {
        let (tree, store) = try Image.sample()
        let directory = try TemporaryDirectory()
        let image = try directory.write("image", Image.bytes(tree, store, blockSize: blockSize, jobs: 2))
        try expectSame(tree, store, image, directory, ["-comp", "gzip", "-b", "\(blockSize)"])
    }

    @Test(
        "We read what mksquashfs writes with each compression",
        .enabled(
            if: Tool.available("unsquashfs", "mksquashfs"), "unsquashfs or mksquashfs is not installed"),
        .enabled(if: isRoot, "unpacking devices and owners needs root"),
        arguments: [
            ["-comp", "gzip", "-always-use-fragments"], ["-comp", "xz", "-Xdict-size", "50%"],
            ["-comp", "zstd"], ["-comp", "lz4"], ["-noI", "-noD", "-noF", "-noX"],
            ["-no-fragments", "-no-exports"],
        ])
    func foreign(_ options: [String]) throws {
        let (tree, store) = try Image.sample()
        let directory = try TemporaryDirectory()
        let image = try directory.write("image", Image.bytes(tree, store))
        try expectSame(tree, store, image, directory, options)
    }

    @Test(
        "The hostile corpus goes through unsquashfs and mksquashfs and back",
        .enabled(
            if: Tool.available("unsquashfs", "mksquashfs"), "unsquashfs or mksquashfs is not installed"),
        .enabled(if: isRoot, "unpacking devices and owners needs root"))
    func corpus() throws {
        // Few file systems to unpack on hold attributes of 60,000 bytes, and no path below a directory is as long.
        let corpus = try HostileCorpus(
            .usual.subtracting([.accessControlLists, .xattrs, .longestPath]))
        let directory = try TemporaryDirectory()
        let image = try directory.write("image", Image.bytes(corpus.tree, corpus.store, jobs: 2))
        try expectSame(corpus.tree, corpus.store, image, directory, ["-comp", "gzip"])
    }

    @Test(
        "unsquashfs reads images of liblzma's and libzstd's blocks, options and all",
        .enabled(if: Tool.available("unsquashfs"), "unsquashfs is not installed"),
        .enabled(if: isRoot, "unpacking devices and owners needs root"), arguments: ["xz", "zstd"])
    func libraries(_ name: String) throws {
        let (tree, store) = try Image.sample()
        let compressor =
            name == "xz"
            ? BlockCompressor(.xz, options: BlockCompressor.xzOptions(dictionarySize: 65_536)) {
                let encoder = XzEncoder(dictionarySize: 65_536)
                return { encoder.compress($0) }
            }
            : BlockCompressor(.zstd, options: BlockCompressor.zstdOptions(level: 19)) {
                let encoder = ZstdEncoder(level: 19)
                return { encoder.compress($0) }
            }
        let bytes = try Image.bytes(tree, store, compressor: compressor, jobs: 2)
        #expect(try Image.bytes(tree, store, compressor: compressor) == bytes)
        let directory = try TemporaryDirectory()
        let image = try directory.write("image", bytes)
        let superblock = try Tool.run("unsquashfs", ["-s", image]).outputText
        #expect(superblock.contains("Compression \(name)\n"))
        #expect(superblock.contains(name == "xz" ? "Dictionary size 65536" : "compression-level 19"))
        try expectSame(tree, store, image, directory, ["-comp", name])
    }

    @Test(
        "unsquashfs says of the superblock what is in it",
        .enabled(if: Tool.available("unsquashfs"), "unsquashfs is not installed"))
    func superblock() throws {
        let (tree, store) = try Image.sample()
        let directory = try TemporaryDirectory()
        let bytes = try Image.bytes(tree, store)
        let text = try Tool.run("unsquashfs", ["-s", try directory.write("image", bytes)]).outputText
        let reader = try SquashFSReader(ByteArrayAccess(bytes))
        for line in [
            "Found a valid SQUASHFS 4:0 superblock", "Compression gzip", "Block size 131072",
            "Filesystem is exportable via NFS", "Duplicates are removed",
            "Number of inodes \(tree.nodes.count)", "Filesystem size \(reader.bytesUsed) bytes",
            "Number of fragments \(reader.fragmentCount)", "Number of xattr ids 2",
        ] { #expect(text.contains(line), "\(line)\n\(text)") }
    }

    /// Unpacks `image`, makes another one of that with `options`, and looks for the tree in both.
    private func expectSame(
        _ tree: FileTree, _ store: some BlobStore, _ image: String, _ directory: TemporaryDirectory,
        _ options: [String]
    ) throws {
        let listing = try Tool.run("unsquashfs", ["-lls", "-n", image]).output
        #expect(listing.filter { $0 == 0x0A }.count >= tree.count)
        let unpacked = "\(directory.path)/root"
        let result = try Tool.run(
            "unsquashfs", ["-no-progress", "-strict-errors", "-n", "-d", unpacked, image])
        #expect(result.errorText == "")
        let other = "\(directory.path)/other"
        try Tool.run("mksquashfs", [unpacked, other, "-no-progress", "-quiet", "-noappend"] + options)
        for path in [image, other] {
            let isOurs = path == image
            var kept = RoundTripTests.kept
            // The tools know no hard links of symbolic links.
            kept.hardLinks = { kind in if case .symbolicLink = kind { isOurs } else { true } }
            var differences = TreeComparison.differences(
                between: tree, store, and: try SquashFSReader(try ReadableFile(path: path)), kept: kept)
            // Nor does Linux unpack symbolic links of another mode than 777.
            if !isOurs { differences.removeAll { $0.contains("link-0644\": has mode 777") } }
            #expect(differences.prefix(20) == [], "\(path)")
        }
    }
}
