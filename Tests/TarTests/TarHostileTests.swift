import Bytes
import Tar
import TestSupport
import Testing

@Suite struct TarHostileTests {
    private static func error(_ build: (inout RawTar) -> Void) -> TarError? {
        var tar = RawTar()
        build(&tar)
        do throws(TarError) {
            _ = try RawTar.headers(tar.bytes)
            return nil
        } catch { return error }
    }

    @Test("A wrong checksum is named with its offset")
    func checksum() {
        let error = Self.error {
            $0.add("a")
            $0.add("b")
            $0.bytes[520] ^= 1
        }
        #expect(error == .checksumMismatch(offset: 512))
    }

    @Test("A stream that stops inside a header, contents or an extended header is truncated")
    func truncated() {
        let header = Self.error {
            $0.add("a")
            $0.bytes.removeLast(100)
        }
        #expect(header == .truncated(what: "a header", offset: 412))
        let contents = Self.error {
            $0.add("a", data: [UInt8](repeating: 1, count: 600))
            $0.bytes.removeLast(500)
        }
        #expect(contents == .truncated(what: "the contents of a", offset: 1036))
        let records = Self.error {
            $0.add("x", flag: "x", size: RawTar.octal(600, 12), data: RawTar.record("path", "a"))
        }
        #expect(records == .truncated(what: "an extended header", offset: 1024))
        let member = Self.error {
            $0.add("x", flag: "x", data: RawTar.record("path", "a"))
            $0.end()
        }
        #expect(member == .truncated(what: "a member's header", offset: 1024))
    }

    @Test("One block of zeros inside an archive is refused")
    func loneZeroBlock() {
        let error = Self.error {
            $0.bytes += [UInt8](repeating: 0, count: 512)
            $0.add("a")
        }
        #expect(error == .loneZeroBlock(offset: 0))
    }

    @Test("Numbers that are none, overflow or are negative where they can't be are refused")
    func numbers() {
        let field = TarError.invalidField(field: "size", entry: "a", offset: 0)
        #expect(Self.error { $0.add("a", size: Array("00000000009\0".utf8)) } == field)
        #expect(Self.error { $0.add("a", size: [0x80] + [UInt8](repeating: 0xFF, count: 11)) } == field)
        #expect(Self.error { $0.add("a", size: [UInt8](repeating: 0xFF, count: 12)) } == field)
        #expect(
            Self.error { $0.add("a", size: [0x80, 0, 0, 0, 0x7F] + [UInt8](repeating: 0xFF, count: 7)) }
                == field)
        let uid = TarError.invalidField(field: "uid", entry: "a", offset: 0)
        #expect(Self.error { $0.add("a", uid: Array("99999999".utf8)) } == uid)
    }

    @Test(
        "Malformed extended records are refused",
        arguments: [
            "", "x", "5 a=", "99 a=b\n", "6 a=bc", "3 a\n", "6 ab=\n", "6 =ab\n", "0 a=b\n", "-6 a=b\n",
            " 6 a=b\n",
            "99999999999999999999 a=b\n", "11 path=a\0\n", "6 \0=b\n",
        ])
    func records(_ text: String) {
        let error = Self.error {
            $0.add("x", flag: "x", data: Array(text.utf8))
            $0.add("a")
        }
        // The empty one and the one with a whole record are fine.
        let isFine = text.isEmpty || text == "6 ab=\n"
        #expect(error == (isFine ? nil : .invalidRecord(entry: "x", offset: 0)), "\(text.debugDescription)")
    }

    @Test(
        "Malformed values of known records are refused",
        arguments: [
            "uid": "1x", "gid": "99999999999999999999", "size": "-1", "mtime": "1.x", "atime": "",
            "ctime": "9e9",
        ])
    func values(_ key: String, _ value: String) {
        let error = Self.error {
            $0.add("x", flag: "x", data: RawTar.record(key, value))
            $0.add("a")
        }
        #expect(error == (value.isEmpty ? nil : .invalidField(field: key, entry: "a", offset: 1024)))
    }

    @Test("Extended headers beyond the limit are refused before they are read")
    func hugeRecords() {
        let error = Self.error { $0.add("x", flag: "x", size: RawTar.octal(1 << 30, 12)) }
        #expect(error == .extendedHeaderTooLong(entry: "x", size: 1 << 30, offset: 0))
    }

    @Test("Sparse files and unknown type flags are refused by name")
    func unsupported() {
        #expect(Self.error { $0.add("a", flag: "S", magic: .gnu) } == .sparseFile(entry: "a", offset: 0))
        let pax = Self.error {
            $0.add("x", flag: "x", data: RawTar.record("GNU.sparse.major", "1"))
            $0.add("a")
        }
        #expect(pax == .sparseFile(entry: "a", offset: 1024))
        #expect(
            Self.error { $0.add("a", flag: "V") }
                == .unsupportedType(flag: UInt8(ascii: "V"), entry: "a", offset: 0))
    }

    @Test("Mutated archives are read or refused, never more")
    func fuzz() {
        let seed = TestSeed.value
        var random = SeededRandom(seed: seed)
        var tar = RawTar()
        tar.add("x", flag: "x", data: RawTar.record("path", "a/b") + RawTar.record("mtime", "5.25"))
        tar.add("a", data: [UInt8](repeating: 0x61, count: 700))
        tar.add("././@LongLink", flag: "L", magic: .gnu, data: Array("long/name\0".utf8))
        tar.add("b", flag: "5", magic: .gnu)
        tar.add("c", flag: "2", link: "a")
        tar.end()
        var refused = 0
        for _ in 0..<2000 {
            var bytes = tar.bytes
            for _ in 0..<random.next(below: 8) {
                bytes[random.next(below: bytes.count)] = UInt8(random.next(below: 256))
            }
            if random.next(below: 4) == 0 { bytes.removeLast(random.next(below: bytes.count)) }
            // Half of them with right checksums, so that what is behind those is reached.
            if random.next(below: 2) == 0 { Self.repairChecksums(&bytes) }
            if (try? RawTar.headers(bytes)) == nil { refused += 1 }
        }
        #expect((100..<2000).contains(refused), "seed \(seed)")
    }

    private static func repairChecksums(_ bytes: inout [UInt8]) {
        for start in stride(from: 0, to: bytes.count - 511, by: 512) where bytes[start + 257] == 0x75 {
            bytes.replaceSubrange(start + 148..<start + 156, with: [UInt8](repeating: 0x20, count: 8))
            let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
            bytes.replaceSubrange(start + 148..<start + 155, with: RawTar.octal(sum, 7))
        }
    }
}
