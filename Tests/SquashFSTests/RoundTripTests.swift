import Bytes
import FileTree
import Host
import SquashFS
import TestSupport
import Testing

@Suite struct RoundTripTests {
    /// What a squashfs image keeps: all but fractions of seconds and what 32 bits can't hold.
    static var kept: TreeComparison.Kept {
        var kept = TreeComparison.Kept()
        kept.time = TreeComparison.Kept.seconds(0...Int64(UInt32.max))
        return kept
    }

    @Test(
        "Every kind of file comes back from our own reader, whatever the block size and the jobs",
        arguments: [4096, 131_072, 1_048_576])
    func everything(_ blockSize: Int) throws {
        let (tree, store) = try Image.sample()
        let bytes = try Image.bytes(tree, store, blockSize: blockSize)
        #expect(bytes.count % 4096 == 0)
        for jobs in [2, 5] {
            #expect(try Image.bytes(tree, store, blockSize: blockSize, jobs: jobs) == bytes)
        }
        let reader = try SquashFSReader(ByteArrayAccess(bytes))
        let differences = TreeComparison.differences(
            between: tree, store, and: reader, kept: Self.kept)
        #expect(differences == [])
    }

    @Test("The hostile corpus comes back from our own reader")
    func corpus() throws {
        let corpus = try HostileCorpus(.usual.subtracting(.accessControlLists))
        let bytes = try Image.bytes(corpus.tree, corpus.store, jobs: 2)
        let reader = try SquashFSReader(ByteArrayAccess(bytes))
        let differences = TreeComparison.differences(
            between: corpus.tree, corpus.store, and: reader, kept: Self.kept)
        #expect(differences == [])
    }

    @Test("The bytes of images are frozen")
    func golden() throws {
        let (tree, store) = try Image.sample()
        var outputs: [(name: String, bytes: [UInt8])] = []
        for blockSize in [4096, 131_072] {
            outputs.append(("blocks of \(blockSize)", try Image.bytes(tree, store, blockSize: blockSize)))
        }
        try GoldenDigests.check("squashfs", outputs)
    }

    @Test(
        "70,000 directories in one, 70,000 names of a file and a file over 4 GiB come back, from unsquashfs too",
        .enabled(if: HostEnvironment.variable("IDENTIKIT_SOAK") != nil, "only where IDENTIKIT_SOAK is set"),
        arguments: [HostileCorpus.Parts.manyDirectories, .manyHardLinks, .largeFile])
    func large(_ part: HostileCorpus.Parts) throws {
        let corpus = try HostileCorpus(part)
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/image"
        let writer = SquashFSWriter(SquashFSOptions(stamp: BuildStamp(), jobs: 2))
        try writer.write(corpus.tree, from: corpus.store, to: try AtomicFile(path: path)).commit()
        let differences = TreeComparison.differences(
            between: corpus.tree, corpus.store, and: try SquashFSReader(try ReadableFile(path: path)),
            kept: Self.kept)
        #expect(differences.prefix(20) == [])
        let listing = try Tool.run("unsquashfs", ["-lls", "-n", path]).output
        #expect(listing.filter { $0 == 0x0A }.count >= corpus.tree.count)
    }
}
