import Bytes
import FileTree
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
}
