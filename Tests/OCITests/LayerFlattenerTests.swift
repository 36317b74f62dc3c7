import Bytes
import Digests
import FileTree
import OCI
import Tar
import TestSupport
import Testing

@Suite struct LayerFlattenerTests {
    private let amd64 = Platform(architecture: "amd64")

    /// `name[=contents|->target|/]` for each entry, in order.
    private func flatten(
        _ layers: [[TestMember]], _ compression: LayoutBuilder.Compression = .gzip
    ) throws -> [String] {
        let builder = try LayoutBuilder()
        try builder.image("i", layers: layers, compression: compression)
        let store = LayerStore(layout: builder.layout, directory: "\(builder.directory.path)/derived")
        let image = try builder.layout.image(ImageReference("i"), platform: amd64)
        return try store.entries(of: image).map { entry in
            switch entry.header.typeFlag {
            case .directory: return "\(entry.header.name)/"
            case .symbolicLink: return "\(entry.header.name)->\(entry.header.linkName)"
            case .hardLink: return "\(entry.header.name)=>\(entry.header.linkName)"
            case .regular:
                var source = try store.source(entry.contents)
                let bytes = try source.readAll(limit: 1 << 20, of: "test")
                #expect(SHA256Digest(hashing: bytes) == entry.contents.contentDigest)
                #expect(UInt64(bytes.count) == entry.header.size)
                return "\(entry.header.name)=\(String(decoding: bytes, as: UTF8.self))"
            default: return "\(entry.header.name)?"
            }
        }
    }

    @Test(
        "The top layer comes first, each path once",
        arguments: LayoutBuilder.Compression.allCases.filter { $0 != .zstd || Tool.available("zstd") })
    func order(compression: LayoutBuilder.Compression) throws {
        let entries = try flatten(
            [
                [.directory("./"), .directory("./etc/"), .file("./etc/a", "1"), .file("etc/b", "1")],
                [.file("etc/a", "2"), .directory("opt")],
                [.directory("etc", mode: 0o700), .file("z", "3")],
            ], compression)
        #expect(entries == ["etc/", "z=3", "etc/a=2", "opt/", "./", "etc/b=1"])
    }

    @Test("A whiteout hides lower layers, never its own")
    func whiteouts() throws {
        let lower: [TestMember] = [
            .directory("d"), .file("d/x", "1"), .directory("d/s"), .file("d/s/y", "1"), .file("e"),
        ]
        #expect(try flatten([lower, [.whiteout("", "d")]]) == ["e="])
        #expect(
            try flatten([lower, [.whiteout("d/", "s"), .whiteout("", "gone")]]) == ["d/", "d/x=1", "e="])
        for upper: [TestMember] in [
            [.file("d/n", "2"), .whiteout("", "d")], [.whiteout("", "d"), .file("d/n", "2")],
        ] {
            #expect(try flatten([lower, upper]) == ["d/n=2", "e="])
        }
        #expect(
            try flatten([lower, [.file("e", "2"), .whiteout("", "e")]]) == [
                "e=2", "d/", "d/x=1", "d/s/", "d/s/y=1",
            ])
        #expect(try flatten([lower, [.whiteout("", "e")], [.file("e", "3")]]).first == "e=3")
    }

    @Test("An opaque directory hides what lower layers have in it, and stays")
    func opaque() throws {
        let lower: [TestMember] = [
            .directory("d"), .file("d/x", "1"), .directory("d/s"), .file("d/s/y", "1"),
        ]
        #expect(try flatten([lower, [.opaque("d/")]]) == ["d/"])
        for upper: [TestMember] in [
            [.directory("d"), .file("d/n", "2"), .opaque("d/")],
            [.directory("d"), .opaque("d/"), .file("d/n", "2")],
        ] {
            #expect(try flatten([lower, upper]) == ["d/", "d/n=2"])
        }
        #expect(try flatten([lower, [.file("d/s/z", "2"), .opaque("d/")]]) == ["d/s/z=2", "d/"])
        #expect(try flatten([lower, [.opaque(""), .file("n")]]) == ["n="])
        #expect(try flatten([lower, [.opaque("nowhere/")]]).count == 4)
    }

    @Test("AUFS's bookkeeping is left out")
    func bookkeeping() throws {
        #expect(
            try flatten([
                [.file(".wh..wh.aufs"), .directory(".wh..wh.plnk"), .file(".wh..wh.plnk/1.2"), .file("a")]
            ])
                == ["a="])
    }

    @Test("What replaces a directory takes away what was in it")
    func replacedDirectories() throws {
        let lower: [TestMember] = [.directory("d"), .file("d/x", "1")]
        #expect(try flatten([lower, [.file("d", "2")]]) == ["d=2"])
        #expect(try flatten([lower, [.symlink("d", to: "e")]]) == ["d->e"])
        #expect(try flatten([[.file("d", "1")], [.directory("d"), .file("d/x", "2")]]) == ["d/", "d/x=2"])
        #expect(
            try flatten([[.directory("e"), .symlink("d", to: "e")], [.directory("d"), .file("d/x", "2")]])
                == ["d/", "d/x=2", "e/"])
    }

    @Test("A file that something lies below becomes a directory, in one layer or over several")
    func fileBecomesDirectory() throws {
        #expect(try flatten([[.file("a", "1")], [.file("a/b", "2")]]) == ["a/b=2"])
        #expect(try flatten([[.file("a", "1"), .file("a/b/c", "2")]]) == ["a/b/c=2"])
        #expect(
            try flatten([[.file("a", "1"), .file("d", "1")], [.symlink("a/b/c", to: "x")]]) == [
                "a/b/c->x", "d=1",
            ])
        #expect(
            try flatten([[.file("f", "1"), .symlink("l", to: "f")], [.file("l/x", "2")]]) == [
                "f/x=2", "l->f",
            ])
        // Other names of the file keep its contents, even one below the new directory.
        #expect(
            try flatten([[.file("a", "1"), .hardLink("h", to: "a")], [.file("a/b", "2")]]) == [
                "a/b=2", "h=1",
            ])
        #expect(try flatten([[.file("a", "1")], [.hardLink("a/b", to: "a")]]) == ["a/b=1"])
        var fifo = TestMember("a", type: "6")
        fifo.mode = 0o600
        #expect(try flatten([[fifo], [.directory("a/d")]]) == ["a/d/"])
    }

    @Test("A directory that nothing names stays when an upper layer empties it")
    func emptiedDirectories() throws {
        let lower: [TestMember] = [.file("w/d/x", "1")]
        #expect(try flatten([lower, [.opaque("w/d/")]]) == ["w/d/"])
        #expect(try flatten([lower, [.whiteout("w/d/", "x")]]) == ["w/d/"])
        #expect(try flatten([lower, [.opaque("w/")]]) == ["w/"])
        #expect(try flatten([lower, [.whiteout("w/", "d")]]) == ["w/"])
        #expect(try flatten([lower, [.whiteout("", "w")]]) == [])
        #expect(try flatten([lower, [.opaque("")]]) == [])
        #expect(try flatten([lower, [.whiteout("w/d/", "x")], [.whiteout("w/", "d")]]) == ["w/"])
        #expect(try flatten([lower, [.whiteout("w/d/", "x")], [.file("w/d/y", "3")]]) == ["w/d/y=3"])
        #expect(try flatten([lower, [.file("z"), .opaque("w/d/")]]) == ["z=", "w/d/"])
        #expect(
            try flatten([[.symlink("l", to: "n/m"), .file("l/x")], [.whiteout("l/", "x")]]) == [
                "l->n/m", "n/m/",
            ])
        // What hides a directory's own description leaves nothing of it.
        #expect(
            try flatten([[.directory("d")], [.file("d/n"), .whiteout("", "d")], [.whiteout("d/", "n")]]) == [
                "d/"
            ])
    }

    @Test("Chains of hard links over layers mean one file")
    func hardLinkChains() throws {
        let x: [TestMember] = [.file("x", "X")]
        #expect(
            try flatten([x, [.hardLink("f", to: "x"), .hardLink("h", to: "f")], [.hardLink("a", to: "h")]])
                == ["a=>h", "f=>x", "h=>f", "x=X"])
        #expect(
            try flatten([
                x, [.hardLink("f", to: "x")], [.hardLink("h", to: "f")],
                [.whiteout("", "x"), .whiteout("", "f")],
            ]) == ["h=X"])
    }

    @Test("A name through a link is the name that the link leads to")
    func throughLinks() throws {
        let lower: [TestMember] = [
            .directory("usr"), .directory("usr/bin"), .file("usr/bin/old", "1"),
            .symlink("bin", to: "usr/bin"),
            .symlink("abs", to: "/usr/bin"), .symlink("up", to: "../../../usr"),
            .symlink("none", to: "nowhere/x"),
        ]
        #expect(try flatten([lower, [.file("bin/new", "2")]]).first == "usr/bin/new=2")
        #expect(try flatten([lower, [.file("abs/old", "2")]]).first == "usr/bin/old=2")
        #expect(try flatten([lower, [.file("up/bin/old", "2")]]).first == "usr/bin/old=2")
        #expect(try flatten([lower, [.file("none/f", "2")]]).first == "nowhere/x/f=2")
        #expect(try flatten([lower, [.whiteout("bin/", "old")]]).contains("usr/bin/old=1") == false)
        #expect(try flatten([lower + [.file("bin/same", "1")]]).last == "usr/bin/same=1")
    }

    @Test("Duplicates within a layer: the last one counts, where the first one was")
    func duplicates() throws {
        #expect(try flatten([[.file("a", "1"), .file("b"), .file("a", "2")]]) == ["a=2", "b="])
        #expect(try flatten([[.directory("d"), .file("d/x"), .directory("./d/")]]) == ["d/", "d/x="])
        #expect(try flatten([[.file("a", "1"), .file("b"), .symlink("a", to: "b")]]) == ["b=", "a->b"])
    }

    @Test("Hard links of several layers that name each other still lead to the file")
    func circularLinks() throws {
        let layers: [[TestMember]] = [
            [.file("b", "1"), .hardLink("d", to: "b")], [.file("b", "2"), .hardLink("b", to: "d")],
            [.hardLink("a", to: "b")],
        ]
        #expect(try flatten(layers) == ["a=1", "b=>a", "d=>b"])
        let longer = layers + [[.hardLink("c", to: "d"), .hardLink("d", to: "c"), .hardLink("0", to: "c")]]
        #expect(try flatten(longer) == ["c=1", "d=>c", "0=>c", "a=>b", "b=>d"])
    }

    @Test("A hard link keeps what it was linked to")
    func hardLinks() throws {
        let lower: [TestMember] = [.file("a", "1"), .hardLink("b", to: "a"), .hardLink("c", to: "./b")]
        #expect(try flatten([lower]) == ["a=1", "b=>a", "c=>./b"])
        #expect(try flatten([lower, [.file("a", "2")]]) == ["a=2", "b=1", "c=>./b"])
        #expect(try flatten([lower, [.whiteout("", "a")]]) == ["b=1", "c=>./b"])
        #expect(try flatten([lower, [.whiteout("", "b")]]) == ["a=1", "c=>a"])
        #expect(try flatten([lower, [.file("b", "2"), .whiteout("", "a")]]) == ["b=2", "c=1"])
        #expect(try flatten([lower, [.hardLink("d", to: "c")]]) == ["d=>c", "a=1", "b=>a", "c=>./b"])
        #expect(
            try flatten([lower, [.hardLink("d", to: "c"), .file("c", "2")]]) == [
                "d=>a", "c=2", "a=1", "b=>a",
            ])
        #expect(
            try flatten([[.file("a", "1"), .hardLink("b", to: "a"), .file("a", "2")]]) == ["a=2", "b=1"])
        #expect(try flatten([[.file("a", "1"), .hardLink("a", to: "a")]]) == ["a=1"])
        #expect(
            try flatten([[.symlink("s", to: "x"), .hardLink("t", to: "s")], [.whiteout("", "s")]]) == ["t->x"]
        )
    }
}
