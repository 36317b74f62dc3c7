import Bytes
import Digests
import FileTree
import Testing

@Suite struct HardLinkTests {
    @Test("Hard links are names of one node; the first in tree order is its first name")
    func oneNode() throws {
        var builder = FileTree.Builder()
        try builder.file("m", "text")
        try builder.addHardLink("z", to: "./m")
        try builder.addHardLink("a/b", to: "z")
        let tree = builder.freeze()
        #expect(
            tree.lines == ["a/ 755", "a/b 'text' first of 3", "m 'text' link of 3", "z 'text' link of 3"])
        #expect(tree.nodes.count == 3)
    }

    @Test("A later file over one name of a group replaces that name only")
    func replaced() throws {
        var builder = FileTree.Builder()
        try builder.file("a", "old")
        try builder.addHardLink("b", to: "a")
        try builder.addHardLink("c", to: "a")
        try builder.file("a", "new")
        #expect(builder.lines() == ["a 'new'", "b 'old' first of 2", "c 'old' link of 2"])
    }

    @Test(
        "A link may be to a symbolic link or a device, is not followed at its end, and replaces what was there"
    )
    func kinds() throws {
        var builder = FileTree.Builder()
        try builder.link("s", "d")
        try builder.addHardLink("t", to: "s")
        try builder.file("d/x", "x")
        try builder.addHardLink("u", to: "s/x")
        try builder.add("null", FileNode(kind: .characterDevice(major: 1, minor: 3), metadata: .test(0o666)))
        try builder.file("zero/gone", "")
        try builder.addHardLink("zero", to: "null")
        try builder.addHardLink("u", to: "u")
        #expect(
            builder.lines() == [
                "d/ 755", "d/x 'x' first of 2", "null special first of 2", "s -> d", "t -> d",
                "u 'x' link of 2",
                "zero special link of 2",
            ])
    }

    @Test("A link to nothing or to a directory is refused by name")
    func refused() throws {
        var builder = FileTree.Builder()
        try builder.directory("d")
        #expect(throws: FileTreeError.missingLinkTarget(path: "l", target: "none")) {
            try builder.addHardLink("l", to: "none")
        }
        #expect(throws: FileTreeError.missingLinkTarget(path: "l", target: "d/none/x")) {
            try builder.addHardLink("l", to: "d/none/x")
        }
        #expect(throws: FileTreeError.linkToDirectory(path: "l", target: "/d")) {
            try builder.addHardLink("l", to: "/d")
        }
    }

    @Test("Equal shareable files become links of the first; others stay apart")
    func sharing() throws {
        var builder = FileTree.Builder()
        try builder.file("b/lib", "same", isShareable: true)
        try builder.file("a/lib", "same", isShareable: true)
        try builder.file("c/lib", "same", isShareable: true)
        try builder.addHardLink("c/lib2", to: "c/lib", isShareable: true)
        try builder.file("mode", "same", permissions: 0o600, isShareable: true)
        try builder.file("other", "else", isShareable: true)
        try builder.file("root", "same")
        try builder.file("written", "same", isShareable: true)
        try builder.addHardLink("written2", to: "written")
        try builder.file("empty1", "", isShareable: true)
        try builder.file("empty2", "", isShareable: true)
        var tree = builder.freeze()
        let saved = tree.shareEqualFiles()
        #expect(saved == (files: 2, bytes: 8))
        #expect(
            tree.lines == [
                "a/ 755", "a/lib 'same' first of 4", "b/ 755", "b/lib 'same' link of 4", "c/ 755",
                "c/lib 'same' link of 4", "c/lib2 'same' link of 4", "empty1 ''", "empty2 ''", "mode 'same'",
                "other 'else'", "root 'same'", "written 'same' first of 2", "written2 'same' link of 2",
            ])
        #expect(tree.shareEqualFiles() == (files: 0, bytes: 0))
    }

    @Test("Contents made by us and contents of a blob are equal if their bytes are")
    func sharingBlobs() throws {
        let digest = SHA256Digest(hashing: "same")
        let blob = FileContents.blob(
            digest: SHA256Digest(hashing: "layer"), offset: 512, length: 4, contentDigest: digest)
        var builder = FileTree.Builder()
        try builder.file("a", "same", isShareable: true)
        try builder.add(
            "b", FileNode(kind: .regular, metadata: .test(0o644), contents: blob, isShareable: true))
        var tree = builder.freeze()
        #expect(tree.shareEqualFiles() == (files: 1, bytes: 4))
    }
}
