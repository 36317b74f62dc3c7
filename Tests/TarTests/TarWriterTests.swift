import Bytes
import Digests
import FileTree
import Host
import Tar
import TestSupport
import Testing

@Suite struct TarWriterTests {
    private struct NoStore: BlobStore {
        func open(_ digest: SHA256Digest) throws(StreamError) -> any RandomAccessBytes { ByteArrayAccess([]) }
    }

    private static func archive(_ entries: [TarEntry], format: TarFormat = .pax) throws(TarError) -> [UInt8] {
        var writer = TarWriter(ByteArraySink())
        for entry in entries { try writer.write(entry, format: format, from: NoStore()) }
        return try writer.finish().bytes
    }

    private static func file(_ name: ByteString, _ contents: ByteString = "") -> TarEntry {
        var header = TarHeader(name: name, typeFlag: .regular)
        header.mode = 0o644
        header.size = UInt64(contents.count)
        return TarEntry(header: header, contents: .bytes(contents))
    }

    private static func text(_ bytes: [UInt8], _ offset: Int, _ length: Int) -> String {
        String(decoding: bytes[offset..<offset + length].prefix { $0 != 0 }, as: UTF8.self)
    }

    @Test("What ustar holds is a ustar header, long names split over prefix and name")
    func ustar() throws {
        let name = String(repeating: "d", count: 90) + "/" + String(repeating: "f", count: 90)
        let bytes = try Self.archive([Self.file(ByteString(name), "x")])
        #expect(bytes.count == 512 + 512 + 1024)
        #expect(Self.text(bytes, 345, 155) == String(repeating: "d", count: 90))
        #expect(Self.text(bytes, 0, 100) == String(repeating: "f", count: 90))
        #expect(Self.text(bytes, 257, 8) == "ustar")
    }

    @Test("With a record the name goes to a path record instead, cut and stripped in the field")
    func paxName() throws {
        var entry = Self.file(ByteString("ö" + String(repeating: "f", count: 99) + "//tail"))
        entry.header.records = [PaxRecord(key: "LINUXKIT.source", value: "s")]
        let bytes = try Self.archive([entry])
        #expect(bytes[156] == UInt8(ascii: "x"))
        #expect(Self.text(bytes, 0, 100) == String(repeating: "f", count: 99))
        let record = Self.text(bytes, 512, 512)
        #expect(record == "21 LINUXKIT.source=s\n117 path=\(entry.header.name.text)\n")
        // A field cut after a slash would make the file a directory.
        #expect(Self.text(bytes, 1024, 100) == String(repeating: "f", count: 99))
    }

    @Test(
        "The extended header's own name is cleaned as a path is",
        arguments: [
            ("a", "PaxHeaders.0/a"), ("a/b", "a/PaxHeaders.0/b"), ("a/", "a/PaxHeaders.0"),
            ("./a", "PaxHeaders.0/a"), ("/a//b/", "/a/b/PaxHeaders.0"), ("../a", "../PaxHeaders.0/a"),
            ("a/../b/c", "b/PaxHeaders.0/c"), ("/../x", "/PaxHeaders.0/x"), ("..", "."),
        ])
    func extensionName(_ name: String, _ expected: String) throws {
        var entry = TarEntry(header: TarHeader(name: ByteString(name), typeFlag: .directory))
        entry.header.records = [PaxRecord(key: "k", value: "v")]
        #expect(Self.text(try Self.archive([entry]), 0, 100) == expected)
    }

    @Test("Times, owners and sizes beyond octal become records; needless ones stay only if they agree")
    func records() throws {
        var header = TarHeader(name: "d", typeFlag: .directory)
        header.uid = 3_000_000
        header.gid = 5
        header.modified = Timestamp(seconds: -2, nanoseconds: 750_000_000)
        header.accessed = Timestamp(seconds: 7)
        header.changed = Timestamp(seconds: 8, nanoseconds: 10)
        header.userName = "rööt"
        header.records = [
            PaxRecord(key: "gid", value: "5"), PaxRecord(key: "uid", value: "4"),
            PaxRecord(key: "path", value: "other"),
        ]
        let bytes = try Self.archive([TarEntry(header: header)])
        let expected = """
            11 atime=7
            20 ctime=8.00000001
            8 gid=5
            15 mtime=-1.25
            15 uid=3000000
            16 uname=rööt

            """
        #expect(Self.text(bytes, 512, 512) == expected)
        #expect(try RawTar.headers(bytes).first?.modified == header.modified)
    }

    @Test("Chosen automatically, the format forgets fractions and access times")
    func automatic() throws {
        var entry = Self.file("Dockerfile", "FROM scratch\n")
        entry.header.modified = Timestamp(seconds: 9, nanoseconds: 500_000_000)
        entry.header.accessed = Timestamp(seconds: 1)
        let bytes = try Self.archive([entry], format: .automatic)
        #expect(bytes.count == 2048)
        #expect(Self.text(bytes, 136, 12) == "00000000012")
    }

    @Test("What no header can hold is refused by name")
    func unrepresentable() {
        var header = TarHeader(name: "n", typeFlag: .characterDevice)
        header.deviceMajor = 1 << 24
        #expect(throws: TarError.unrepresentable(field: "devmajor", entry: "n")) {
            try Self.archive([TarEntry(header: header)])
        }
        header.deviceMajor = 0
        header.mode = -1
        #expect(throws: TarError.unrepresentable(field: "mode", entry: "n")) {
            try Self.archive([TarEntry(header: header)])
        }
        #expect(throws: TarError.unrepresentable(field: "name", entry: "f/")) {
            try Self.archive([Self.file("f/")])
        }
        var named = Self.file("f")
        named.header.records = [PaxRecord(key: "a=b", value: "")]
        #expect(throws: TarError.unrepresentable(field: "a=b", entry: "f")) { try Self.archive([named]) }
        var large = Self.file("f", "abc")
        large.header.size = 5
        #expect(throws: TarError.lengthMismatch(entry: "f", expected: 5, given: 3)) {
            try Self.archive([large])
        }
    }

    @Test("bsdtar lists what we wrote", .enabled(if: Tool.available("bsdtar"), "bsdtar is not installed"))
    func bsdtarAgrees() throws {
        let long = ByteString(String(repeating: "dä/", count: 80) + "name")
        var link = TarHeader(name: "link", typeFlag: .hardLink)
        link.linkName = long
        var file = Self.file(long, "text")
        file.header.uid = 4_000_000
        let archive = try Self.archive([file, TarEntry(header: link)])
        let listing = try Tool.run(
            "bsdtar", ["-tvf", "-"], input: archive, environment: ["LC_ALL": "C.UTF-8"])
        let text = String(decoding: listing.output, as: UTF8.self)
        #expect(text.contains("4000000"))
        #expect(text.contains("link to \(long.text)"), "\(text)")
    }
}
