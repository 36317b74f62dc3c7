import Host
import Identikit
import TestSupport
import Testing

@Suite struct DirectoryTreeTests {
    /// A directory with every kind of file that an ordinary user can make.
    private func sample() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try Tool.run(
            "sh",
            [
                "-ec",
                """
                mkdir -p root/sub; cd root
                printf one > a; printf two > sub/b; ln a sub/c; ln -s ../a sub/l; mkfifo pipe
                printf x > "$(printf 'name-\\377')"
                chmod 4711 a; chmod 600 sub/b; chmod 750 sub
                touch -h -d @1700000000.123456789 a sub/b sub/l pipe name-*; touch -d @1600000000 sub .
                """,
            ], in: directory.path)
        return directory
    }

    @Test("Kinds, modes, owners, times, links and sizes are those that find prints")
    func metadata() throws {
        let directory = try sample()
        let tree = try DirectoryTree(reading: "\(directory.path)/root").tree
        let ours = tree.map { entry in
            let node = entry.node
            let (kind, target): (String, ByteString) =
                switch node.kind {
                case .directory: ("d", "")
                case .regular: ("f", "")
                case .symbolicLink(let target): ("l", target)
                case .fifo: ("p", "")
                default: ("?", "")
                }
            let metadata = node.metadata
            let mode = String(metadata.permissions, radix: 8)
            let owner = "\(metadata.uid) \(metadata.gid)"
            let time = metadata.modified
            let fraction = String(String(1_000_000_000 + time.nanoseconds).dropFirst())
            let size = kind == "f" ? "\(node.contents.count)" : "-"
            return ByteString("\(kind) \(mode) \(owner) \(time.seconds).\(fraction) \(size) ") + target + " "
                + entry.path
        }
        let format = #"%y %m %U %G %T@ %s %l %P\0"#
        let found = try Tool.run("find", [".", "-printf", format], in: "\(directory.path)/root").output
        let theirs = found.split(separator: 0).map { line -> ByteString in
            // find has a digit more in its times, and sizes of directories, links and pipes.
            var words = line.split(separator: 0x20, maxSplits: 6, omittingEmptySubsequences: false)
            words[4] = words[4].dropLast()
            if words[0].first != 0x66 { words[5] = [0x2D] }
            return ByteString(Array(words.joined(separator: [0x20])))
        }
        #expect(ours.sorted() == theirs.sorted())
    }

    @Test("Names of one file share it, and the store has its contents")
    func contents() throws {
        let directory = try sample()
        let source = try DirectoryTree(reading: "\(directory.path)/root")
        let tree = source.tree
        let first = try #require(tree.entry(at: "a"))
        let second = try #require(tree.entry(at: "sub/c"))
        #expect(tree.nodeIndex(of: first) == tree.nodeIndex(of: second))
        for (path, text) in [("a", "one"), ("sub/b", "two"), ("sub/c", "one")] {
            let entry = try #require(tree.entry(at: ByteString(path)))
            var bytes = try source.store.source(tree.node(of: entry).contents)
            #expect(try bytes.readAll(limit: 100, of: path) == Array(text.utf8))
            #expect(tree.node(of: entry).contents.contentDigest == SHA256Digest(hashing: text))
        }
        #expect(throws: StreamError.self) { try source.store.open(SHA256Digest(hashing: "elsewhere")) }
    }

    @Test("Extended attributes are read, where the file system has them")
    func attributes() throws {
        let directory = try sample()
        let file = "\(directory.path)/root/a"
        let set = try Command("setfattr", ["-n", "user.kind", "-v", "sample", file]).run()
        // What the file system cannot store, it does not have either.
        let expected = set.status == 0 ? [ExtendedAttribute(name: "user.kind", value: "sample")] : []
        let tree = try DirectoryTree(reading: "\(directory.path)/root").tree
        let entry = try #require(tree.entry(at: "a"))
        #expect(tree.node(of: entry).metadata.xattrs == expected)
    }

    @Test("What cannot be read is named")
    func missing() throws {
        let error = #expect(throws: StreamError.self) { try DirectoryTree(reading: "/nowhere/at/all") }
        #expect("\(try #require(error))".contains("/nowhere/at/all"))
    }

    @Test("A format that does not exist is refused with those that do")
    func formats() throws {
        let error = #expect(throws: UnknownFormat.self) {
            try BuildRequest(["a.yml"], formats: ["tar", "zip"])
        }
        #expect("\(try #require(error))".contains("unknown format \"zip\"; valid formats: tar, "))
        let request = try BuildRequest(["x/base.yml", "y/my.kit.yml"], formats: ["tar"], directory: "out")
        #expect(request.destination == .files(directory: "out", name: "my.kit"))
    }
}
