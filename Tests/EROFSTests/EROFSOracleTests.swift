import Bytes
import EROFS
import FileTree
import Foundation
import Host
import TestSupport
import Testing

/// What the tools of erofs-utils say of our images, and what we read of theirs.
@Suite struct EROFSOracleTests {
    @Test(
        "fsck.erofs finds nothing wrong with everything that breaks images",
        .enabled(if: Tool.available("fsck.erofs"), "fsck.erofs is not installed"))
    func checked() throws {
        let corpus = try HostileCorpus()
        let directory = try TemporaryDirectory()
        let image = try directory.write("image", Image.bytes(corpus.tree, corpus.store))
        let result = try Tool.run("fsck.erofs", ["-d9", "--extract", image])
        let messages = result.errorText.split(separator: "\n").filter { !$0.hasPrefix("<D>") }
        #expect(messages == ["<I> erofs: No errors found"])
    }

    @Test("The image's bytes are frozen")
    func golden() throws {
        try GoldenDigests.check("erofs", [("everything", try Image.bytes(Image.everything()))])
    }

    @Test(
        "fsck.erofs finds nothing wrong with the same bytes",
        .enabled(if: Tool.available("fsck.erofs"), "fsck.erofs is not installed"))
    func goldenIsSound() throws {
        let bytes = try Image.bytes(Image.everything())
        let directory = try TemporaryDirectory()
        let result = try Tool.run("fsck.erofs", ["--extract", try directory.write("image", bytes)])
        #expect(result.errorText == "")
    }

    /// What a directory on disk can have below a path of its own, whatever file system that is. A tar has no sockets,
    /// and mkfs.erofs 1.5 does not find files whose names have 255 bytes.
    private static let unpackable = HostileCorpus.Parts.usual.subtracting([
        .longestPath, .longNames, .pipes, .times, .permissions,
    ])

    @Test(
        "An image of mkfs.erofs holds what ours does, is read alike, and ours is not larger",
        .enabled(
            if: Tool.available("mkfs.erofs") && UnpackedTree.isPossible, "mkfs.erofs, tar or root is missing")
    )
    func besideTheUsualTool() throws {
        let corpus = try HostileCorpus(Self.unpackable)
        let unpacked = try UnpackedTree(corpus.tree, corpus.store)
        let directory = try TemporaryDirectory()
        let theirs = "\(directory.path)/theirs"
        try Tool.run("mkfs.erofs", [theirs, unpacked.path])
        let reader = try EROFSReader(ReadableFile(path: theirs))
        var kept = TreeComparison.Kept()
        // The tool leaves out what it takes for a disk's own directory, and disks have no attributes of 60,000 bytes.
        kept.path = { $0 == "odd/lost+found" ? nil : $0 }
        kept.attribute = { $0 != "user.large" }
        #expect(TreeComparison.differences(between: corpus.tree, corpus.store, and: reader, kept: kept) == [])
        let size = try EROFSImage(tree: corpus.tree, stamp: Image.stamp).extents.count
        let theirSize = try ReadableFile(path: theirs).count
        #expect(size <= theirSize, "\(size) bytes, mkfs.erofs \(theirSize)")
    }

    @Test(
        "Chunk-based files of mkfs.erofs are read, compressed ones are refused by name",
        .enabled(
            if: Tool.available("mkfs.erofs") && UnpackedTree.isPossible, "mkfs.erofs, tar or root is missing")
    )
    func otherLayouts() throws {
        let corpus = try HostileCorpus([.sizes, .sparseFiles, .equalFiles, .symbolicLinks])
        let unpacked = try UnpackedTree(corpus.tree, corpus.store)
        let directory = try TemporaryDirectory()
        for chunkSize in [4096, 65536] {
            let image = "\(directory.path)/chunks"
            try Tool.run("mkfs.erofs", ["--chunksize=\(chunkSize)", image, unpacked.path])
            let reader = try EROFSReader(ReadableFile(path: image))
            #expect(TreeComparison.differences(between: corpus.tree, corpus.store, and: reader) == [])
        }
        let image = "\(directory.path)/compressed"
        try Tool.run("mkfs.erofs", ["-zlz4", image, unpacked.path])
        let reader = try EROFSReader(ReadableFile(path: image))
        var refused: [String] = []
        try reader.walk { (file, handle) throws(EROFSError) in
            do throws(EROFSError) { _ = try reader.contents(of: handle) } catch { refused.append("\(error)") }
        }
        #expect(!refused.isEmpty)
        #expect(refused.allSatisfy { $0.hasSuffix(": unsupported EROFS feature: compressed data") })
    }

    @Test(
        "dump.erofs shows the superblock as we mean it",
        .enabled(if: Tool.available("dump.erofs"), "dump.erofs is not installed"))
    func superblock() throws {
        let tree = try Image.tree { try $0.add("a/b", Image.file(.bytes("text"))) }
        let directory = try TemporaryDirectory()
        let path = try directory.write("image", Image.bytes(tree))
        let shown = try Tool.run("dump.erofs", ["-s", path], environment: ["TZ": "UTC"]).outputText
        let fields = shown.split(separator: "\n").map { line in
            line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        }
        #expect(
            fields == [
                ["Filesystem magic number", "0xE0F5E1E2"], ["Filesystem blocks", "2"],
                ["Filesystem inode metadata start block", "0"],
                ["Filesystem shared xattr metadata start block", "0"], ["Filesystem root nid", "36"],
                ["Filesystem inode count", "3"], ["Filesystem created", "Tue Apr 18 16:30:00 2017"],
                ["Filesystem features", "sb_csum mtime"],
                ["Filesystem UUID", Image.stamp.uuid(role: "EROFS", of: tree.identity)],
            ])
    }
}
