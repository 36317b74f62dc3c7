import Bytes
import Digests
import EROFS
import FileTree
import TestSupport
import Testing

/// What we write, read by our own reader.
@Suite struct EROFSRoundTripTests {
    @Test(
        "Everything that breaks images comes back: names, kinds, owners, times, links, attributes, contents")
    func corpus() throws {
        let corpus = try HostileCorpus()
        let image = try EROFSImage(tree: corpus.tree, stamp: Image.stamp)
        #expect(image.extents.count == UInt64(image.superblock.blocks) * 4096)
        let reader = try EROFSReader(image.extents.access(from: corpus.store))
        #expect(TreeComparison.differences(between: corpus.tree, corpus.store, and: reader) == [])
    }

    @Test("The extents' bytes are the same written through and read at random")
    func extents() throws {
        let corpus = try HostileCorpus([.sizes, .equalFiles, .hardLinks, .xattrs])
        let image = try EROFSImage(tree: corpus.tree, stamp: Image.stamp)
        var sink = ByteArraySink()
        try image.extents.write(to: &sink, from: corpus.store)
        let access = image.extents.access(from: corpus.store)
        #expect(try access.bytes(at: 0, length: Int(access.count), of: "image") == sink.bytes)
    }
}
