import Bytes
import FileTree
import Testing

@Suite struct FileTreeAccessTests {
    @Test("Entries are found by path, number and directory")
    func access() throws {
        var builder = FileTree.Builder()
        for path: ByteString in ["a/b/c", "a/b/d", "a/e", "f"] { try builder.file(path, path) }
        let tree = builder.freeze()
        let paths = tree.map(\.path)
        #expect(paths == ["", "a", "a/b", "a/b/c", "a/b/d", "a/e", "f"])
        for (index, path) in paths.enumerated() {
            #expect(tree.path(of: index) == path)
            #expect(tree.entry(at: path) == index)
            #expect(tree[index].path == path)
        }
        #expect(tree.children(of: FileTree.root) == [1, 6])
        #expect(tree.children(of: 1) == [2, 5])
        #expect(tree.children(of: 3).isEmpty)
        #expect(tree.entry(at: "a/x") == nil)
        #expect(tree.parent(of: 4) == 2)
        #expect(tree.parent(of: 0) == nil)
        #expect(tree.name(of: 5) == "e")
    }

    @Test("A directory of 20,000 names resolves in no time")
    func large() throws {
        var builder = FileTree.Builder()
        let clock = ContinuousClock()
        let count = 20_000
        let time = try clock.measure {
            for index in 0..<count { try builder.file(ByteString("d/\((index * 7919) % count)"), "") }
            for index in 0..<count { try builder.file(ByteString("d/\(index)"), "again") }
            let tree = builder.freeze()
            #expect(tree.count == count + 2)
            #expect(tree[2].path == "d/0")
            #expect(tree[count + 1].path == "d/9999")
        }
        // Quadratic look-ups would take minutes.
        #expect(time < .seconds(20))
    }
}
