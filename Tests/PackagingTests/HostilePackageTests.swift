internal import Bytes
internal import FileTree
internal import Host
internal import Tar
internal import TestSupport
internal import Testing

@testable import Packaging

/// .debs that no dpkg-deb writes.
@Suite struct HostilePackageTests {
    private func ar(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        var bytes = Array("!<arch>\n".utf8)
        for member in members {
            func field(_ text: String, _ width: Int) -> [UInt8] {
                Array(text.utf8) + Array(repeating: 0x20, count: width - text.utf8.count)
            }
            bytes +=
                field(member.name, 16) + field("0", 12) + field("0", 6) + field("0", 6) + field("100644", 8)
            bytes += field("\(member.bytes.count)", 10) + [0x60, 0x0A] + member.bytes
            if member.bytes.count % 2 == 1 { bytes.append(0x0A) }
        }
        return bytes
    }

    private func tar(_ entries: [TarEntry]) throws -> [UInt8] {
        var writer = TarWriter(ByteArraySink())
        for entry in entries { try writer.write(entry, from: PackageBlobs()) }
        return try writer.finish().bytes
    }

    private func file(_ name: String, _ text: String) -> TarEntry {
        var header = TarHeader(name: ByteString(name), typeFlag: .regular)
        header.mode = 0o644
        header.size = UInt64(text.utf8.count)
        return TarEntry(header: header, contents: .bytes(ByteString(text)))
    }

    private func link(_ flag: TarTypeFlag, _ name: String, _ target: String) -> TarEntry {
        var header = TarHeader(name: ByteString(name), typeFlag: flag)
        header.linkName = ByteString(target)
        return TarEntry(header: header)
    }

    private func deb(_ data: [TarEntry]) throws -> [UInt8] {
        let control = "Package: xy\nVersion: 1\nArchitecture: all\n"
        return ar([
            ("debian-binary", Array("2.0\n".utf8)), ("control.tar", try tar([file("./control", control)])),
            ("data.tar", try tar(data)),
        ])
    }

    private func unpack(_ bytes: [UInt8]) throws -> PackageTree {
        let builder = try DebBuilder()
        return try builder.unpack([try builder.directory.write("x.deb", bytes)])
    }

    /// What is said about `bytes`; a crash or a success fails the test.
    private func refusal(_ bytes: [UInt8]) -> String {
        do {
            _ = try unpack(bytes)
            return "accepted"
        } catch PackagingError.invalidPackage(_, let part, let offset, let reason) {
            return "\(part)@\(offset): \(reason)"
        } catch { return "\(error)" }
    }

    @Test func `a path that climbs out is refused with its offset`() throws {
        let said = refusal(try deb([file("./ok", "x"), file("../../etc/passwd", "x")]))
        #expect(said == "data.tar@1024: `../../etc/passwd` leads out of the root or in a circle")
    }

    @Test func `a path longer than Linux takes is refused`() throws {
        let said = refusal(try deb([file(String(repeating: "a/", count: 100_000) + "b", "x")]))
        #expect(said.hasSuffix("a path has 200001 bytes"), "\(said.prefix(200))")
    }

    @Test func `a link longer than Linux takes is refused, and a chain that makes such a path`() throws {
        let up = String(repeating: "a/../", count: 100_000)
        let said = refusal(try deb([link(.symbolicLink, "l", up), file("l/x", "x")]))
        #expect(said == "data.tar@0: `l` is a link of 500000 bytes", "\(said.prefix(200))")
        let deep = String(repeating: "a/", count: 1500)
        let chain = refusal(
            try deb([
                link(.symbolicLink, "l", deep + "m"), link(.symbolicLink, deep + "m", deep), file("l/x", "x"),
            ]))
        #expect(chain.contains("leads out of the root"), "\(chain.prefix(200))")
    }

    @Test func `a link out of the root stays within it`() throws {
        let tree = try unpack(try deb([link(.symbolicLink, "out", "../../.."), file("out/etc/passwd", "x")]))
        #expect(tree["etc/passwd"] != nil)
    }

    @Test func `links in a circle are refused`() throws {
        let said = refusal(
            try deb([link(.symbolicLink, "a", "b"), link(.symbolicLink, "b", "a"), file("a/x", "x")]))
        #expect(said.contains("in a circle"), "\(said)")
    }

    @Test func `a hard link to nothing is refused`() throws {
        let said = refusal(try deb([link(.hardLink, "a", "./etc/passwd")]))
        #expect(said == "data.tar@0: `a` is a hard link to `etc/passwd`, which is not a file before it")
    }

    @Test func `a file below a file is refused`() throws {
        let said = refusal(try deb([file("a", "x"), file("a/b", "x")]))
        #expect(said.contains("a/b"), "\(said)")
    }

    @Test func `every truncation is refused`() throws {
        let whole = try deb([file("./etc/x", "contents"), link(.symbolicLink, "y", "x")])
        // The end-of-archive blocks of the last tar may be missing.
        for length in stride(from: 0, to: whole.count - 1024, by: 61) {
            let said = refusal(Array(whole[..<length]))
            #expect(said != "accepted", "\(length) of \(whole.count) bytes")
        }
    }

    @Test(arguments: [
        "!<arch>\n", "!<arch>\ndebian-binary", "!<thin>\n",
        "!<arch>\ndebian-binary   0           0     0     100644  99999999999`\n2.0\n",
        "!<arch>\ndebian-binary   0           0     0     100644  -4        `\n2.0\n",
        "!<arch>\ndebian-binary   0           0     0     100644  9999999999`\n2.0\n",
        "!<arch>\ndebian-binary   0           0     0     100644  4         `\n3.0\n", "", "PK",
    ])
    func `an archive that is none is refused`(text: String) {
        let said = refusal(Array(text.utf8))
        #expect(said.hasPrefix("the .deb@"), "\(said)")
    }

    @Test func `missing and doubled members are refused`() throws {
        let control = try tar([file("control", "Package: xy\nVersion: 1\nArchitecture: all\n")])
        let first = ("debian-binary", Array("2.0\n".utf8))
        for members in [
            [first], [first, ("control.tar", control)], [first, ("data.tar", control)],
            [first, ("control.tar", control), ("data.tar", control), ("data.tar.xz", control)],
            [("control.tar", control), first, ("data.tar", control)],
        ] {
            let said = refusal(ar(members.map { (name: $0.0, bytes: $0.1) }))
            #expect(said.hasPrefix("the .deb@"), "\(said)")
        }
    }

    @Test func `a control file that names no package is refused`() throws {
        for control in ["", "Package: xy\n", "Package: ../x\nVersion: 1\nArchitecture: all\n"] {
            let bytes = ar([
                ("debian-binary", Array("2.0\n".utf8)), ("control.tar", try tar([file("control", control)])),
                ("data.tar", try tar([])),
            ])
            #expect(refusal(bytes).hasPrefix("control@"), "\(control)")
        }
    }

    @Test func `flipped bytes never crash`() throws {
        let whole = try deb([file("./etc/x", "contents"), link(.hardLink, "./y", "./etc/x")])
        var random = SystemRandomNumberGenerator()
        let seed = random.next()
        var state = seed
        for _ in 0..<150 {
            var bytes = whole
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int((state >> 33) % UInt64(bytes.count))] ^= UInt8(truncatingIfNeeded: state >> 24 | 1)
            }
            _ = refusal(bytes)
        }
        print("flipped bytes: seed \(seed)")
    }
}
