internal import Bytes
internal import Digests
internal import FileTree
internal import Host
internal import TestSupport
internal import Testing

@testable import Packaging

@Suite(.enabled(if: Tool.available("dpkg-deb", "find", "sh")))
struct DebianPackageTests {
    private static let script = """
        mkdir -p usr/bin etc/a usr/share/doc/x var/empty
        printf '#!/bin/sh\\n' > usr/bin/run; chmod 4755 usr/bin/run
        ln usr/bin/run usr/bin/alias
        ln -s run usr/bin/link; ln -s /etc/a 'usr/share/doc/x/with blank'
        head -c 300000 /dev/zero > etc/a/zeros; : > etc/a/empty
        mkdir -p "usr/share/$(printf 'l%.0s' $(seq 120))"
        printf deep > "usr/share/$(printf 'l%.0s' $(seq 120))/ü"
        chmod 1777 var/empty
        """

    @Test(arguments: ["xz", "zstd", "gzip", "none"])
    func `a package unpacks to what dpkg-deb unpacks`(compression: String) throws {
        let builder = try DebBuilder()
        let deb = try builder.build("xx", compression: compression, script: Self.script)
        var contents = PackageContents()
        contents.mergesUsr = false
        let (tree, blobs) = try builder.unpackWithBlobs([deb], contents: contents)
        let oracle = "\(builder.directory.path)/oracle"
        try Tool.run("dpkg-deb", ["-x", deb, oracle])
        let listing = try Tool.run(
            "find", [".", "-mindepth", "1", "-printf", "%y %m %P -> %l\\n"], in: oracle
        ).outputText.split(separator: "\n").map(String.init).sorted()
        let ours = tree.sortedPaths.filter { !ImagePath.contains("var/lib", $0) }.compactMap {
            path -> String? in
            guard let item = tree[path] else { return nil }
            let mode = String(item.metadata.permissions, radix: 8)
            switch item.kind {
            case .directory: return "d \(mode) \(path) -> "
            case .symbolicLink(let target): return "l 777 \(path) -> \(target)"
            default: return "f \(mode) \(path) -> "
            }
        }.sorted()
        #expect(ours == listing)
        for path in tree.sortedPaths where !ImagePath.contains("var/lib", path) {
            guard let item = tree[path], item.kind == .regular else { continue }
            #expect(
                try item.contents.contentDigest == SHA256Digest(hashingFile: "\(oracle)/\(path)"), "\(path)")
            var source = try blobs.source(item.contents)
            let bytes = try source.readAll(limit: 1 << 20, of: path.text)
            #expect(SHA256Digest(hashing: bytes) == item.contents.contentDigest, "\(path)")
        }
        #expect(tree["usr/bin/run"]?.linkGroup != nil)
        #expect(tree["usr/bin/run"]?.linkGroup == tree["usr/bin/alias"]?.linkGroup)
        #expect(tree["usr/bin/run"]?.metadata.modified == BuildStamp().time)
    }

    @Test func `the control paragraph is kept for scanners`() throws {
        let builder = try DebBuilder()
        let deb = try builder.build("libx-1", version: "1:2.3~4-5", script: "mkdir etc")
        let status = try #require(try builder.unpack([deb])["var/lib/dpkg/status.d/libx-1"])
        guard case .bytes(let text) = status.contents else {
            Issue.record("the status is not kept as text")
            return
        }
        let fields = try Tool.run("dpkg-deb", ["-f", deb]).output
        #expect(text == ByteString(fields))
        #expect(ControlParagraph.parse(text.text).first?["version"] == "1:2.3~4-5")
    }

    @Test func `what stands in lib and bin comes out below usr with links on the root`() throws {
        let builder = try DebBuilder()
        let one = try builder.build(
            "one", script: "mkdir -p lib/x usr/lib/y; echo a > lib/x/a; echo b > usr/lib/y/b")
        let two = try builder.build("two", script: "mkdir -p bin lib/x; echo c > bin/c; ln -s a lib/x/link")
        var tree = try builder.unpack([one, two])
        MergedUsr.removeDanglingLinks(from: &tree)
        #expect(
            tree.sortedPaths.filter { !ImagePath.contains("var", $0) } == [
                "bin", "lib", "usr", "usr/bin", "usr/bin/c", "usr/lib", "usr/lib/x", "usr/lib/x/a",
                "usr/lib/x/link", "usr/lib/y", "usr/lib/y/b",
            ])
        #expect(tree["lib"]?.kind == .symbolicLink("usr/lib"))
    }

    @Test func `a file below a link of another package goes where the link leads`() throws {
        let builder = try DebBuilder()
        let one = try builder.build("one", script: "mkdir -p opt/real; ln -s real opt/link")
        let two = try builder.build("two", script: "mkdir -p opt/link; echo x > opt/link/file")
        let tree = try builder.unpack([one, two])
        #expect(tree["opt/real/file"] != nil)
        #expect(tree["opt/link"]?.kind == .symbolicLink("real"))
    }

    @Test func `two packages with different files at one path are refused unless one replaces the other`()
        throws
    {
        let builder = try DebBuilder()
        let one = try builder.build("one", script: "mkdir etc; echo one > etc/x; echo same > etc/same")
        let two = try builder.build("two", script: "mkdir etc; echo two > etc/x; echo same > etc/same")
        let three = try builder.build(
            "three", control: "Replaces: one (<< 2), other", script: "mkdir etc; echo three > etc/x")
        #expect(throws: PackagingError.conflict(path: "etc/x", first: "one", second: "two")) {
            try builder.unpack([one, two])
        }
        let expected = SHA256Digest(hashing: "three\n")
        #expect(try builder.unpack([one, three])["etc/x"]?.contents.contentDigest == expected)
        #expect(try builder.unpack([three, one])["etc/x"]?.contents.contentDigest == expected)
    }

    @Test func `keep and remove leave out what they say, and hard links to it keep their contents`() throws {
        let builder = try DebBuilder()
        let deb = try builder.build("xx", script: Self.script)
        var contents = PackageContents()
        contents.keep = try [#require(Glob("usr/bin/run")), #require(Glob("etc/**"))]
        contents.remove = try [#require(Glob("etc/a/z*"))]
        let tree = try builder.unpack([deb], contents: contents)
        let paths = tree.sortedPaths.filter { tree[$0]?.kind == .regular && !ImagePath.contains("var", $0) }
        #expect(paths == ["etc/a/empty", "usr/bin/run"])
        #expect(tree["usr/bin/run"]?.contents.count == 10)
        #expect(tree["usr"]?.isDirectory == true)
    }

    @Test func `a damaged decompressed tar is made again`() throws {
        let builder = try DebBuilder()
        let deb = try builder.build("xx", script: "mkdir etc; echo right > etc/x")
        _ = try builder.unpack([deb])
        let name = try #require(try builder.directory.list("unpacked").first { $0.hasSuffix(".tar") })
        var bytes = try builder.directory.read("unpacked/\(name)")
        let range = try #require(bytes.firstRange(of: Array("right".utf8)))
        bytes.replaceSubrange(range, with: Array("wrong".utf8))
        try builder.directory.write("unpacked/\(name)", bytes)
        let (tree, blobs) = try builder.unpackWithBlobs([deb])
        var source = try blobs.source(try #require(tree["etc/x"]).contents)
        #expect(try source.readAll(limit: 100, of: "x") == Array("right\n".utf8))
    }
}
