import Bytes
import FileTree
import Tar
import Testing

@Suite struct TarReaderTests {
    @Test("A v7 header with a NUL flag is a file, or a directory if its name ends in a slash")
    func oldFlags() throws {
        #expect(try RawTar.header { $0.add("a", flag: "\0", magic: .v7) }.typeFlag == .regular)
        #expect(try RawTar.header { $0.add("a/", flag: "\0", magic: .v7) }.typeFlag == .directory)
        #expect(try RawTar.header { $0.add("a", flag: "7") }.typeFlag == .regular)
    }

    @Test("The ustar prefix stands before the name")
    func prefix() throws {
        #expect(try RawTar.header { $0.add("b", prefix: Array("a/dir".utf8)) }.name == "a/dir/b")
    }

    @Test("GNU long names and long link targets replace the fields, without their NUL")
    func gnuLong() throws {
        let name = String(repeating: "n", count: 300)
        let link = String(repeating: "l", count: 200)
        let header = try RawTar.header {
            $0.add("././@LongLink", flag: "K", magic: .gnu, data: Array((link + "\0").utf8))
            $0.add("././@LongLink", flag: "L", magic: .gnu, data: Array((name + "\0").utf8))
            $0.add("nnn", flag: "2", link: "lll", magic: .gnu)
        }
        #expect(header.name == ByteString(name))
        #expect(header.linkName == ByteString(link))
        #expect(header.typeFlag == .symbolicLink)
    }

    @Test("Base-256 numbers are read, negative ones too")
    func base256() throws {
        let big: [UInt8] = [0x80, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFE]
        let negative = [UInt8](repeating: 0xFF, count: 12)
        let header = try RawTar.header { $0.add("a", uid: big, mtime: negative, magic: .gnu) }
        #expect(header.uid == 4_294_967_294)
        #expect(header.modified == Timestamp(seconds: -1))
    }

    @Test("GNU times are read; where a prefix stands instead, it is the prefix")
    func gnuTimes() throws {
        let times = Array("00000000017\0".utf8) + Array("00000000020\0".utf8)
        let timed = try RawTar.header { $0.add("a", magic: .gnu, prefix: times) }
        #expect(timed.accessed == Timestamp(seconds: 15))
        #expect(timed.changed == Timestamp(seconds: 16))
        let prefixed = try RawTar.header { $0.add("a", magic: .gnu, prefix: Array("dir".utf8)) }
        #expect(prefixed.name == "dir/a")
        #expect(prefixed.accessed == nil)
    }

    @Test("PAX records replace the fields and all of them stay in `records`, sorted")
    func paxRecords() throws {
        let header = try RawTar.header {
            let records: [(String, String)] = [
                ("uid", "3000000"), ("path", "lång/näme"), ("mtime", "-1.25"), ("atime", "5.1234567899"),
                ("SCHILY.xattr.user.a", "x=y\n"), ("VENDOR.key", ""), ("uname", "rööt"), ("gid", ""),
            ]
            $0.add("x", flag: "x", data: records.flatMap { RawTar.record($0.0, $0.1) })
            $0.add("a")
        }
        #expect(header.name == "lång/näme")
        #expect(header.uid == 3_000_000)
        #expect(header.gid == 0)
        #expect(header.userName == "rööt")
        #expect(header.modified == Timestamp(seconds: -2, nanoseconds: 750_000_000))
        #expect(header.accessed == Timestamp(seconds: 5, nanoseconds: 123_456_789))
        #expect(
            header.records.map(\.key.text) == [
                "SCHILY.xattr.user.a", "VENDOR.key", "atime", "gid", "mtime", "path", "uid", "uname",
            ])
        #expect(header.records.first?.value == "x=y\n")
    }

    @Test("A PAX size counts for the contents, and the offsets say where all of it is")
    func offsets() throws {
        var tar = RawTar()
        tar.add("first", data: Array("one".utf8))
        tar.add("x", flag: "x", data: RawTar.record("size", "600"))
        tar.add("second", size: RawTar.octal(0, 12), data: [])
        tar.bytes += [UInt8](repeating: 7, count: 600) + [UInt8](repeating: 0, count: 424)
        tar.add("third", flag: "1", size: RawTar.octal(999, 12), link: "first")
        tar.add("g", flag: "g", data: RawTar.record("comment", "ignored"))
        tar.add("fourth")
        tar.end()
        var reader = TarReader(ByteArraySource(tar.bytes + [1, 2, 3]))
        var seen: [[UInt64]] = []
        while let member = try reader.next() {
            seen.append([member.headerOffset, member.dataOffset, member.dataLength])
        }
        #expect(seen == [[0, 512, 3], [1024, 2560, 600], [3584, 4096, 0], [5120, 5632, 0]])
        #expect(try reader.next() == nil)
        #expect(try reader.drain() == UInt64(tar.bytes.count + 3))
    }

    @Test("Contents can be read in any portions, or be left unread")
    func contents() throws {
        let data = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        var tar = RawTar()
        tar.add("a", data: data)
        tar.add("b", data: Array("b".utf8))
        for portion in [1000, 40_000, 200_000] {
            var reader = TarReader(ByteArraySource(tar.bytes))
            _ = try reader.next()
            var read: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: portion)
            while case let count = try reader.read(&buffer), count > 0 { read += buffer[..<count] }
            #expect(read == data)
            #expect(try reader.next()?.header.name == "b")
            // No blocks of zeros: the end of the stream is the end.
            #expect(try reader.next() == nil)
        }
    }
}

extension TarReader {
    mutating func read(_ buffer: inout [UInt8]) throws -> Int {
        try buffer.withUnsafeMutableBytes { try readData(into: $0) }
    }
}
