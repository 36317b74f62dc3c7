import Bytes
import Digests
import FileTree
import Host
import TestSupport
import Testing

/// What judges the formats is judged itself.
@Suite struct HostileCorpusTests {
    @Test("The corpus is the same every time and has what it says")
    func contents() throws {
        let corpus = try HostileCorpus()
        #expect(try HostileCorpus().tree.identity == corpus.tree.identity)
        var longest = 0
        var targets: [Int] = []
        for entry in corpus.tree {
            longest = max(longest, entry.path.count)
            if case .symbolicLink(let target) = entry.node.kind { targets.append(target.count) }
        }
        #expect(longest == 4095)
        #expect(targets.max() == 4095)
        let long = try #require(corpus.tree.entry(at: "long"))
        #expect(corpus.tree.children(of: long).filter { corpus.tree.name(of: $0).count == 255 }.count == 5)
        #expect(corpus.tree.nodes.contains { $0.kind == .fifo })
        for entry in corpus.tree where entry.node.kind == .regular && entry.isFirstName {
            var hasher = SHA256Hasher()
            try corpus.store.copy(entry.node.contents, to: &hasher)
            #expect(hasher.finalize() == entry.node.contents.contentDigest, "\(entry.path)")
        }
    }

    @Test("The slow parts are as large as they say")
    func slow() throws {
        let corpus = try HostileCorpus(.slow)
        let many = try #require(corpus.tree.entry(at: "many"))
        #expect(corpus.tree.children(of: many).count == 70_000)
        #expect(corpus.tree.contains { $0.linkCount == 70_000 })
        #expect(corpus.tree.contains { $0.node.contents.count == 4 << 30 + 5 })
    }

    @Test(
        "The digest of the largest file is its digest",
        .enabled(if: HostEnvironment.variable("IDENTIKIT_SOAK") != nil, "only where IDENTIKIT_SOAK is set"))
    func largeFile() throws {
        let corpus = try HostileCorpus(.largeFile)
        let entry = try #require(corpus.tree.first { $0.node.kind == .regular })
        var hasher = SHA256Hasher()
        try corpus.store.copy(entry.node.contents, to: &hasher)
        #expect(hasher.finalize() == entry.node.contents.contentDigest)
    }

    @Test("Made bytes are the same however they are read")
    func madeBytes() throws {
        let bytes = MadeBytes(count: 200_000, islands: [10..<70_000, 199_999..<200_000])
        let whole = try bytes.bytes(at: 0, length: 200_000, of: "it")
        #expect(whole[..<10].allSatisfy { $0 == 0 } && whole[70_000..<199_999].allSatisfy { $0 == 0 })
        #expect(Set(whole[10..<2000]).count > 200)
        for (start, length) in [(0, 1), (9, 2), (65_520, 3), (69_990, 20), (199_990, 10)] {
            let part = try bytes.bytes(at: UInt64(start), length: length, of: "it")
            #expect(part == Array(whole[start..<start + length]))
        }
    }

    @Test("A reader that finds the tree has no differences; every change is found")
    func comparison() throws {
        let corpus = try HostileCorpus(.usual.subtracting([.largeDirectory, .sparseFiles]))
        var reader = TreeReader(tree: corpus.tree, store: corpus.store)
        func differences(_ change: @escaping (FoundFile) -> FoundFile?) -> [String] {
            reader.change = change
            return TreeComparison.differences(between: corpus.tree, corpus.store, and: reader)
        }
        #expect(differences { $0 } == [])
        let changes: [(ByteString, (inout FoundFile) -> Void)] = [
            ("modes/file-0", { $0.metadata.permissions = 1 }), ("owners/user-65536", { $0.metadata.uid = 0 }),
            ("owners/group-65536", { $0.metadata.gid = 0 }),
            ("times/1969-1", { $0.metadata.modified.nanoseconds = 0 }),
            ("xattrs/ping", { $0.metadata.xattrs = [] }),
            ("pipes/fifo", { $0.kind = .socket }), ("links/4095", { $0.kind = .symbolicLink("x") }),
            ("sizes/noise-513", { $0.size = 512 }), ("hard/c", { $0.fileNumber = 1 << 40 }),
        ]
        for (path, change) in changes {
            let told = differences { file in
                var file = file
                if file.path == path { change(&file) }
                return file
            }
            #expect(told.count == 1 && told.first?.hasPrefix(path.text.debugDescription) == true, "\(told)")
        }
        #expect(differences { $0.path == "odd/~" ? nil : $0 } == ["\"odd/~\": is missing"])
        let joined = differences { file in
            var file = file
            if file.path.hasPrefix("equal/large-") { file.fileNumber = 7 }
            return file
        }
        #expect(joined.count == 3)
    }

    @Test("Other contents are found with their byte")
    func otherContents() throws {
        func tree(_ text: ByteString) throws -> FileTree {
            var builder = FileTree.Builder(stamp: Timestamp(seconds: 0))
            let metadata = FileMetadata(permissions: 0, modified: Timestamp(seconds: 0))
            try builder.add("f", FileNode(kind: .regular, metadata: metadata, contents: .bytes(text)))
            return builder.freeze()
        }
        let store = CorpusStore()
        let reader = TreeReader(tree: try tree("abcdXf"), store: store)
        let told = TreeComparison.differences(between: try tree("abcdef"), store, and: reader)
        #expect(told == ["\"f\": other contents from byte 4 on"])
    }
}
