import Bytes
import FileTree
import ISO9660
import TestSupport
import Testing

@Suite struct RoundTripTests {
    /// What Rock Ridge keeps.
    static var kept: TreeComparison.Kept {
        var kept = TreeComparison.Kept()
        kept.time = TreeComparison.Kept.seconds(-2_208_988_800...5_869_583_999)
        kept.attribute = { _ in false }
        return kept
    }

    @Test("the corpus is read back as it was", arguments: [true, false])
    func corpus(_ joliet: Bool) throws {
        let corpus = try HostileCorpus(.usual)
        let bytes = try Image.bytes(corpus.tree, corpus.store, Image.options(joliet: joliet))
        let reader = try ISO9660Reader(ByteArrayAccess(bytes))
        #expect(reader.view == .rockRidge)
        #expect(reader.volumeSize == UInt64(bytes.count))
        let differences = TreeComparison.differences(
            between: corpus.tree, corpus.store, and: reader, kept: Self.kept)
        for difference in differences.prefix(20) { Issue.record("\(difference.prefix(300))") }
    }

    @Test("the same tree gives the same bytes") func deterministic() throws {
        let corpus = try HostileCorpus([.longNames, .deepDirectories, .hardLinks, .symbolicLinks])
        #expect(
            try Image.bytes(corpus.tree, corpus.store) == Image.bytes(corpus.tree, corpus.store))
    }

    @Test("Joliet and the primary directories have every file and its contents")
    func otherViews() throws {
        let corpus = try HostileCorpus([.sizes, .longNames, .oddNames, .rawNames, .twinNames, .shortNames])
        let bytes = try Image.bytes(corpus.tree, corpus.store)
        let wanted = try corpus.tree.filter { $0.node.kind == .regular }.map {
            var source = try corpus.store.source($0.node.contents)
            return try source.readAll(limit: 1 << 24, of: "a file")
        }
        for view in [ISO9660View.joliet, .primary] {
            let found = try Image.found(bytes, view).filter { $0.file.kind == .regular }.map(\.contents)
            #expect(found.count == wanted.count)
            #expect(
                found.sorted { $0.lexicographicallyPrecedes($1) }
                    == wanted.sorted { $0.lexicographicallyPrecedes($1) })
        }
    }
}
