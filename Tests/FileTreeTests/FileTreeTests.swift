import Bytes
import FileTree
import Testing

@Suite struct FileTreeTests {
    @Test("Entries come parents first, names bytewise, whatever the order they were added in")
    func order() throws {
        let paths: [ByteString] = ["b", "a/z", "a/b/c", "a.b", "a-b", "a/B", "ä", "B", "a/\u{7F}"]
        func build(_ paths: [ByteString]) throws -> [String] {
            var builder = FileTree.Builder()
            for path in paths { try builder.file(path, path) }
            return builder.lines()
        }
        let lines = try build(paths)
        #expect(
            lines == [
                "B 'B'", "a/ 755", "a/B 'a/B'", "a/b/ 755", "a/b/c 'a/b/c'", "a/z 'a/z'",
                "a/\u{7F} 'a/\u{7F}'",
                "a-b 'a-b'", "a.b 'a.b'", "b 'b'", "ä 'ä'",
            ])
        #expect(try build(paths.reversed()) == lines)
    }

    @Test("Missing parents are made with the stamp; the root takes metadata like any directory")
    func parents() throws {
        var builder = FileTree.Builder()
        try builder.file("./a//b/", "x")
        let made = builder.freeze()
        #expect(made[1].node.metadata == FileMetadata(permissions: 0o755, modified: stamp))
        #expect(made[0].node.metadata == FileMetadata(permissions: 0o755, modified: stamp))
        builder = FileTree.Builder()
        try builder.directory("/", permissions: 0o711)
        let tree = builder.freeze()
        #expect(tree[0].node.metadata.permissions == 0o711)
        #expect(tree.count == 1)
        builder = FileTree.Builder()
        #expect(throws: FileTreeError.rootIsNoDirectory(path: "./")) { try builder.file("./", "x") }
    }

    @Test("The last one counts; a file takes the place of a directory and all that is in it")
    func lastWins() throws {
        var builder = FileTree.Builder()
        try builder.file("a", "old")
        try builder.file("a", "new")
        try builder.file("d/x/y", "gone")
        try builder.file("d", "file")
        try builder.file("e", "file")
        try builder.directory("e", permissions: 0o750)
        try builder.file("e/in", "e")
        try builder.directory("e", permissions: 0o555)
        try builder.directory("f")
        try builder.file("f", "file")
        try builder.file("g", "file")
        try builder.file("g/in", "parent made")
        #expect(
            builder.conflicts == [
                .directoryReplaced(path: "d"), .fileReplaced(path: "e", needed: "e"),
                .fileReplaced(path: "g", needed: "g/in"),
            ])
        #expect(
            builder.lines() == [
                "a 'new'", "d 'file'", "e/ 555", "e/in 'e'", "f 'file'", "g/ 755", "g/in 'parent made'",
            ])
    }

    @Test("A directory that was replaced and comes back is empty")
    func comesBack() throws {
        var builder = FileTree.Builder()
        try builder.file("d/x", "gone")
        try builder.file("d", "file")
        try builder.directory("d")
        try builder.file("d/y", "new")
        #expect(builder.lines() == ["d/ 700", "d/y 'new'"])
    }

    @Test("A directory over a link to a directory keeps the link, and paths go through it")
    func throughLinks() throws {
        var builder = FileTree.Builder()
        try builder.directory("usr/lib")
        try builder.link("lib", "usr/lib")
        try builder.directory("lib", permissions: 0o711)
        try builder.file("lib/a", "a")
        try builder.link("dangling", "no/where")
        try builder.directory("dangling", permissions: 0o701)
        try builder.link("later", "/opt/../made")
        try builder.file("later/b", "b")
        #expect(
            builder.lines() == [
                "dangling -> no/where", "later -> /opt/../made", "lib -> usr/lib", "made/ 755",
                "made/b 'b'", "no/ 755", "no/where/ 701", "opt/ 755",
                "usr/ 755", "usr/lib/ 711", "usr/lib/a 'a'",
            ])
    }

    @Test("Links lead nowhere but into the tree")
    func clamped() throws {
        var builder = FileTree.Builder()
        try builder.link("a/up", "../../../../etc")
        try builder.file("a/up/passwd", "inside")
        try builder.link("a/abs", "/../../../tmp")
        try builder.file("a/abs/x", "inside")
        #expect(
            builder.lines() == [
                "a/ 755", "a/abs -> /../../../tmp", "a/up -> ../../../../etc", "etc/ 755",
                "etc/passwd 'inside'",
                "tmp/ 755", "tmp/x 'inside'",
            ])
    }

    @Test("Paths that climb, loop, or that Linux can't make are refused")
    func refused() throws {
        var builder = FileTree.Builder()
        #expect(throws: FileTreeError.escapingPath(path: "a/../../b")) { try builder.file("a/../../b", "") }
        let long = ByteString(String(repeating: "n", count: 256))
        #expect(throws: FileTreeError.unusableName(path: long)) { try builder.file(long, "") }
        #expect(throws: FileTreeError.unusableName(path: "a\0b")) { try builder.file("a\0b", "") }
        try builder.link("x", "y")
        try builder.link("y", "x")
        #expect(throws: FileTreeError.tooManyLinks(path: "x/z", link: "x")) { try builder.file("x/z", "") }
        #expect(throws: FileTreeError.tooManyLinks(path: "x", link: "x")) { try builder.directory("x") }
        #expect(throws: FileTreeError.unusableTarget(path: "l")) { try builder.link("l", "") }
        let deep = ByteString(String(repeating: "d/", count: 2000))
        try builder.link("deep", deep)
        let parent = ByteString(String(repeating: "d/", count: 1999) + "d")
        #expect(throws: FileTreeError.pathTooLong(path: parent)) {
            try builder.file("deep/" + ByteString(String(repeating: "e", count: 100)), "")
        }
    }

    @Test("Up to 40 links are followed, as Linux does")
    func hops() throws {
        var builder = FileTree.Builder()
        try builder.directory("l0")
        for index in 1...41 { try builder.link(ByteString("l\(index)"), ByteString("l\(index - 1)")) }
        try builder.file("l40/ok", "")
        #expect(throws: FileTreeError.tooManyLinks(path: "l41/x", link: "l1")) {
            try builder.file("l41/x", "")
        }
    }
}
